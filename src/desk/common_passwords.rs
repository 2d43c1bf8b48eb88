//! Passwords that many people had elsewhere, as a filter (Bloom's) over their hashes: it knows each
//! of them, and takes about one in five thousand others for one. `build.rs` makes it with this file.

/// How many bits each word sets.
const MARKS: u64 = 12;

/// Whether the word is in the filter.
pub fn holds(filter: &[u8], word: &str) -> bool {
    !filter.is_empty() && places(word, filter.len()).all(|place| filter[place / 8] & (1 << (place % 8)) != 0)
}

/// The bits that a word sets in so many bytes.
pub fn places(word: &str, bytes: usize) -> impl Iterator<Item = usize> {
    // FNV-1a, and the finaliser of splitmix64: the words are not chosen against the filter, and who
    // would choose one only has their own password refused.
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let mix = |z: u64| {
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let (first, step) = (mix(hash), mix(hash ^ 0x9e37_79b9_7f4a_7c15) | 1);
    let bits = bytes as u64 * 8;
    (0..MARKS).map(move |n| (first.wrapping_add(step.wrapping_mul(n)) % bits) as usize)
}
