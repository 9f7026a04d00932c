//! Files that were made to hurt: changed, cut, and crafted ones.

/// The file with its build numbers replaced, wherever the header has them.
pub(super) fn with_base_build(file: &[u8], from: u32, to: u32) -> Vec<u8> {
    let number =
        |value: u32| [9, (value << 1 & 0x7e) as u8 | 0x80, (value >> 6) as u8 | 0x80, (value >> 13) as u8];
    let mut file = file.to_vec();
    for at in 16..512 {
        if file[at..].starts_with(&number(from)) {
            file[at..at + 4].copy_from_slice(&number(to));
        }
    }
    file
}
