//! Cursors (RFC 9865): where a page ended, sealed so that a client can neither read nor make one.
//!
//! A cursor is encrypted and authenticated together with what it belongs to: tenant, resource
//! types, filter, order. In any other request it does not open, and the client learns no more
//! than that (RFC 9865, 5.2). It holds everything, so the server keeps nothing between pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::{ScimError, ScimType};
use crate::limits;
use crate::store::{NOBODY, Position, Read, Shelf, SortKey, StoreError};

use super::Service;

/// The key of cursors among the keys of the server.
const NAME: &str = "cursor";
const KEY_BYTES: usize = 32;

/// What a cursor carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Carried {
    /// Where the last page ended; `None` is the start.
    pub(super) position: Option<Position>,
    /// `totalResults` as the first page counted it, so that a deep page costs what the first does.
    pub(super) total: Option<u64>,
}

/// Seals and opens cursors.
#[derive(Clone)]
pub(super) struct Sealer {
    key: LessSafeKey,
}

#[derive(Serialize, Deserialize)]
struct Content {
    /// When it was given out.
    at: i64,
    total: Option<u64>,
    id: Option<[u8; 16]>,
    number: Option<i128>,
    text: Option<String>,
    absent: bool,
}

impl Service {
    /// The sealer with the key of this server, which is made on first use and kept, so that
    /// cursors outlive a restart.
    pub(super) async fn sealer(&self) -> Result<Sealer, ScimError> {
        let kept = self.store.read(|tx| key(tx)).await?;
        let key = match kept {
            Some(key) => key,
            None => {
                self.store
                    .write(|tx| {
                        // Somebody else may have made it meanwhile.
                        if let Some(key) = key(tx)? {
                            return Ok(key);
                        }
                        let mut made = vec![0; KEY_BYTES];
                        getrandom::fill(&mut made).map_err(|_| broken())?;
                        let text = URL_SAFE_NO_PAD.encode(&made);
                        tx.put_document(NOBODY, Shelf::Keys, NAME, &text)?;
                        Ok::<_, ScimError>(made)
                    })
                    .await?
            }
        };
        Sealer::new(&key)
    }
}

impl Sealer {
    fn new(key: &[u8]) -> Result<Self, ScimError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| broken())?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    /// A cursor: letters, digits, `-` and `_` (RFC 9865, 2).
    pub(super) fn seal(
        &self,
        carried: &Carried,
        belongs: &str,
        now: Timestamp,
    ) -> Result<String, ScimError> {
        let key = carried.position.as_ref().and_then(|position| position.key.as_ref());
        let content = Content {
            at: now.0,
            total: carried.total,
            id: carried.position.as_ref().map(|position| *position.id.as_bytes()),
            number: match key {
                Some(SortKey::Number(number)) => Some(*number),
                _ => None,
            },
            text: match key {
                Some(SortKey::Text(text)) => Some(text.clone()),
                _ => None,
            },
            absent: matches!(key, Some(SortKey::Absent)),
        };
        let mut sealed = serde_json::to_vec(&content).map_err(|_| broken())?;
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| broken())?;
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(belongs.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| broken())?;
        sealed.extend_from_slice(&nonce);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What a cursor carries. The empty text is the first page.
    ///
    /// Fails with `invalidCursor` where it was not made by this server for this very query, and
    /// with `expiredCursor` after [`limits::CURSOR_AGE`].
    pub(super) fn open(
        &self,
        text: &str,
        belongs: &str,
        now: Timestamp,
    ) -> Result<Carried, ScimError> {
        if text.is_empty() {
            return Ok(Carried { position: None, total: None });
        }
        let content = self.content(text, belongs).ok_or_else(invalid)?;
        let age = i64::try_from(limits::CURSOR_AGE.as_millis()).unwrap_or(i64::MAX);
        if content.at.saturating_add(age) < now.0 {
            return Err(ScimError::bad(
                ScimType::ExpiredCursor,
                "the cursor has expired; start again without a cursor",
            ));
        }
        let key = match (content.number, content.text, content.absent) {
            (Some(number), _, _) => Some(SortKey::Number(number)),
            (_, Some(text), _) => Some(SortKey::Text(text)),
            (_, _, true) => Some(SortKey::Absent),
            _ => None,
        };
        let position = content.id.map(|id| Position { key, id: crate::id::Id::from_bytes(id) });
        Ok(Carried { position, total: content.total })
    }

    fn content(&self, text: &str, belongs: &str) -> Option<Content> {
        let mut sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let nonce = sealed.split_off(sealed.len().checked_sub(NONCE_LEN)?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let content =
            self.key.open_in_place(nonce, Aad::from(belongs.as_bytes()), &mut sealed).ok()?;
        serde_json::from_slice(content).ok()
    }
}

fn key(tx: &(impl Read + ?Sized)) -> Result<Option<Vec<u8>>, StoreError> {
    let text = tx.document(NOBODY, Shelf::Keys, NAME)?;
    Ok(text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()))
}

fn invalid() -> ScimError {
    ScimError::bad(
        ScimType::InvalidCursor,
        "the cursor is not one that the server gave out for this query; start again without it",
    )
}

fn broken() -> ScimError {
    ScimError::new(500, "the server could not make a cursor")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn sealer() -> Sealer {
        Sealer::new(&[7; KEY_BYTES]).unwrap()
    }

    fn carried(key: Option<SortKey>) -> Carried {
        Carried { position: Some(Position { key, id: Id::new() }), total: Some(9) }
    }

    #[test]
    fn what_is_sealed_is_opened_again() {
        let keys = [
            None,
            Some(SortKey::Absent),
            Some(SortKey::Number(-(1 << 100))),
            Some(SortKey::Text("ämilie \"x\"".to_owned())),
        ];
        for key in keys {
            let carried = carried(key);
            let text = sealer().seal(&carried, "users", Timestamp(5)).unwrap();
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            assert_eq!(sealer().open(&text, "users", Timestamp(6)), Ok(carried));
        }
    }

    /// RFC 9865, 5.2: forged cursors are noticed, and all refusals say the same.
    #[test]
    fn a_cursor_of_another_query_or_a_changed_one_does_not_open() {
        let text = sealer().seal(&carried(None), "users", Timestamp(5)).unwrap();
        let refused = sealer().open(&text, "groups", Timestamp(5)).unwrap_err();
        assert_eq!(refused.scim_type, Some(ScimType::InvalidCursor));
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(sealer().open(&forged, "users", Timestamp(5)), Err(refused.clone()));
        }
        assert_eq!(sealer().open("xyz", "users", Timestamp(5)), Err(refused));
    }

    #[test]
    fn a_cursor_expires() {
        let text = sealer().seal(&carried(None), "users", Timestamp(0)).unwrap();
        let age = limits::CURSOR_AGE.as_millis() as i64;
        assert!(sealer().open(&text, "users", Timestamp(age)).is_ok());
        let error = sealer().open(&text, "users", Timestamp(age + 1)).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::ExpiredCursor));
    }
}
