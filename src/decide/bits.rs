//! Sets of catalogue items.

/// A set of items by number. The first 64 are kept in place: a catalogue of usual size costs no
/// allocation.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits {
    first: u64,
    rest: Vec<u64>,
}

impl Bits {
    pub(super) fn insert(&mut self, item: usize) {
        let (word, bit) = (item / 64, 1_u64 << (item % 64));
        if word == 0 {
            self.first |= bit;
            return;
        }
        if self.rest.len() < word {
            self.rest.resize(word, 0);
        }
        if let Some(place) = self.rest.get_mut(word - 1) {
            *place |= bit;
        }
    }

    pub(super) fn remove(&mut self, item: usize) {
        let (word, bit) = (item / 64, 1_u64 << (item % 64));
        if word == 0 {
            self.first &= !bit;
        } else if let Some(place) = self.rest.get_mut(word - 1) {
            *place &= !bit;
        }
    }

    pub(super) fn contains(&self, item: usize) -> bool {
        let (word, bit) = (item / 64, 1_u64 << (item % 64));
        self.word(word) & bit != 0
    }

    /// Adds everything of the other.
    pub(super) fn unite(&mut self, other: &Self) {
        self.first |= other.first;
        if self.rest.len() < other.rest.len() {
            self.rest.resize(other.rest.len(), 0);
        }
        for (mine, theirs) in self.rest.iter_mut().zip(&other.rest) {
            *mine |= theirs;
        }
    }

    /// Takes away everything of the other.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.first &= !other.first;
        for (mine, theirs) in self.rest.iter_mut().zip(&other.rest) {
            *mine &= !theirs;
        }
    }

    /// The items in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..=self.rest.len()).flat_map(|place| {
            let mut word = self.word(place);
            std::iter::from_fn(move || {
                (word != 0).then(|| {
                    let bit = word.trailing_zeros() as usize;
                    word &= word - 1;
                    place * 64 + bit
                })
            })
        })
    }

    fn word(&self, place: usize) -> u64 {
        match place.checked_sub(1) {
            None => self.first,
            Some(rest) => self.rest.get(rest).copied().unwrap_or(0),
        }
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(items: I) -> Self {
        let mut bits = Self::default();
        for item in items {
            bits.insert(item);
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn behaves_like_a_set_beyond_one_word() {
        let mut bits: Bits = [3, 64, 200, 3].into_iter().collect();
        assert_eq!(bits.iter().collect::<Vec<_>>(), [3, 64, 200]);
        assert!(bits.contains(200) && !bits.contains(201) && !bits.contains(100_000));
        bits.unite(&[1000].into_iter().collect());
        bits.subtract(&[64, 70_000].into_iter().collect());
        bits.remove(3);
        bits.remove(5_000);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [200, 1000]);
        bits.remove(200);
        bits.remove(1000);
        assert_eq!(bits.iter().count(), 0);
    }
}
