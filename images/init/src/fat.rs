//! The file system of USB sticks, as far as it tells what a stick is called.

/// The longest name of a FAT.
const NAME: usize = 11;

/// The name in the first sector of a FAT, as far as it makes a folder's name; `None` when it is no
/// FAT.
#[must_use]
pub fn label(sector: &[u8; 512]) -> Option<String> {
    let at = |from: usize, length: usize| sector.get(from..from + length).unwrap_or_default();
    let label = if at(82, 5) == b"FAT32" {
        at(71, NAME)
    } else if at(54, 3) == b"FAT" {
        at(43, NAME)
    } else {
        return None;
    };
    if at(510, 2) != [0x55, 0xaa] {
        return None;
    }
    let label = String::from_utf8_lossy(label);
    let label = label.trim();
    if label == "NO NAME" {
        return Some(String::new());
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let letters = label
        .chars()
        .map(|letter| if allowed(letter) { letter } else { '-' });
    Some(letters.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stick_is_called_by_its_label_as_far_as_it_is_a_name() {
        let mut sector = [0; 512];
        assert_eq!(label(&sector), None);
        sector[510..].copy_from_slice(&[0x55, 0xaa]);
        sector[82..87].copy_from_slice(b"FAT32");
        sector[71..82].copy_from_slice(b"../SHOP\xff 1 ");
        assert_eq!(label(&sector).unwrap(), "---SHOP--1");
        sector[71..82].copy_from_slice(b"NO NAME    ");
        assert_eq!(label(&sector).unwrap(), "");
        sector[510] = 0;
        assert_eq!(label(&sector), None);
    }
}
