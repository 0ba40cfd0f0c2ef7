//! Secrets: how they are made, recognised, hashed, and kept out of logs.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What bearer tokens begin with, so that scanners of repositories recognise a leaked one.
pub const TOKEN: &str = "pvr_";
/// What refresh tokens begin with.
pub const REFRESH: &str = "pvrr_";
/// What secrets of OAuth clients begin with.
pub const CLIENT: &str = "pvrs_";

/// Random bytes of a secret: 256 bits, far beyond the 128 of RFC 6749, 10.10.
const RANDOM: usize = 32;
/// Bytes of the check sum: a mistyped token is told from one that does not exist without asking
/// the store.
const CHECK: usize = 4;

/// A text that is shown to nobody: `Debug` prints `…`, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The SHA-256 of a secret: all that is kept of it. A plain hash suffices, since the secrets are
/// random and long: there is nothing to guess.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Secret {
    /// A secret from outside.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new random one: the prefix, then base64url of 256 random bits and a check sum. Fails if
    /// the operating system has no randomness.
    pub fn random(prefix: &str) -> Result<Self, NoRandomness> {
        let mut random = [0_u8; RANDOM];
        getrandom::fill(&mut random).map_err(|_| NoRandomness)?;
        let mut bytes = random.to_vec();
        bytes.extend(check_sum(prefix, &random));
        Ok(Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// Whether the text has the form of a secret with this prefix, check sum included.
    pub fn well_formed(&self, prefix: &str) -> bool {
        let Some(encoded) = self.0.strip_prefix(prefix) else { return false };
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(encoded) else { return false };
        let Some((random, sum)) = bytes.split_at_checked(RANDOM) else { return false };
        sum == check_sum(prefix, random)
    }

    /// The text itself, for the one place that prints or sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> Hash {
        Hash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl Hash {
    /// In hexadecimal: the key in the store.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether a kept hash is this one, in a time that does not depend on where they differ.
    pub fn is(&self, kept: &str) -> bool {
        self.hex().as_bytes().ct_eq(kept.as_bytes()).into()
    }

    /// The name of what it is the hash of, for people: the first twelve digits. It tells nothing
    /// about the secret.
    pub fn short(kept: &str) -> String {
        kept.chars().take(12).collect()
    }
}

fn check_sum(prefix: &str, random: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(prefix.as_bytes());
    digest.update(random);
    digest.finalize().iter().take(CHECK).copied().collect()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The operating system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the operating system gives no random numbers")
    }
}

impl std::error::Error for NoRandomness {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_recognised_and_shown_to_nobody() {
        let secret = Secret::random(TOKEN).unwrap();
        assert!(secret.well_formed(TOKEN) && !secret.well_formed(CLIENT));
        assert_eq!(secret.expose().len(), TOKEN.len() + 48);
        assert_eq!(format!("{secret:?} {:?}", secret.hash()), "… …");
        assert_ne!(secret, Secret::random(TOKEN).unwrap());
    }

    #[test]
    fn the_hash_is_sha_256() {
        let hash = Secret::new("abc").hash();
        let kept = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash.hex(), kept);
        assert!(hash.is(kept) && !hash.is("ba78"));
    }

    proptest! {
        #[test]
        fn one_changed_character_is_another_secret(place in 0_usize..52, to in "[A-Za-z0-9_-]") {
            let secret = Secret::random(TOKEN).unwrap();
            let mut text = secret.expose().to_owned();
            text.replace_range(place..=place, &to);
            let changed = Secret::new(text);
            prop_assume!(changed != secret);
            prop_assert!(!changed.hash().is(&secret.hash().hex()));
            prop_assert!(!changed.well_formed(TOKEN));
        }
    }
}
