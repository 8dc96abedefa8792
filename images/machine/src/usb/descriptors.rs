//! What a device says about itself, as USB 2.0 has it (chapter 9.6).

/// The bytes of a packet to the control endpoint, and of the others at most, at full speed.
pub const PACKET: u16 = 64;
/// English of the United States, in which all names are.
const LANGUAGE: [u8; 2] = [0x09, 0x04];

/// A device with one configuration.
pub struct Descriptors {
    /// The maker's number.
    pub vendor: u16,
    /// The product's.
    pub product: u16,
    /// The product's version (`bcdDevice`).
    pub version: u16,
    /// What class the whole device is of; 0 where its interfaces say that.
    pub class: u8,
    /// Maker, product, serial number.
    pub names: [&'static str; 3],
    /// What it has.
    pub interfaces: Vec<Interface>,
}

/// A part of a device, for which there is a driver.
pub struct Interface {
    /// Class, subclass, protocol.
    pub class: (u8, u8, u8),
    /// What its class says besides, between interface and endpoints.
    pub of_class: Vec<u8>,
    /// Where bytes come and go.
    pub endpoints: Vec<Endpoint>,
}

/// Where bytes go to, or come from.
pub struct Endpoint {
    /// Its number, with 0x80 where they come to the system inside.
    pub address: u8,
    /// How they are moved.
    pub kind: Kind,
    /// The bytes of one packet.
    pub packet: u16,
}

/// How bytes are moved.
pub enum Kind {
    /// As many as there are, whenever there is time.
    Bulk,
    /// A report each, asked for every so many milliseconds.
    Interrupt(u8),
}

impl Endpoint {
    /// A bulk endpoint with packets as long as can be.
    pub const fn bulk(address: u8) -> Self {
        Self {
            address,
            kind: Kind::Bulk,
            packet: PACKET,
        }
    }

    /// An interrupt endpoint with reports of that length, asked for every ten milliseconds.
    pub const fn interrupt(address: u8, packet: u16) -> Self {
        Self {
            address,
            kind: Kind::Interrupt(10),
            packet,
        }
    }
}

impl Descriptors {
    /// The descriptor of a kind and number; `None` for one that the device does not have.
    pub fn get(&self, kind: u8, number: u8) -> Option<Vec<u8>> {
        match (kind, number) {
            (1, 0) => Some(self.device()),
            (2, 0) => Some(self.configuration()),
            (3, 0) => Some(vec![4, 3, LANGUAGE[0], LANGUAGE[1]]),
            (3, number) => {
                let name = self.names.get(usize::from(number) - 1)?;
                let text: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let mut bytes = vec![u8::try_from(2 + text.len()).ok()?, 3];
                bytes.extend(text);
                Some(bytes)
            }
            _ => None,
        }
    }

    fn device(&self) -> Vec<u8> {
        // USB 2.0.
        let mut bytes = vec![18, 1, 0x00, 0x02, self.class, 0, 0, PACKET as u8];
        for word in [self.vendor, self.product, self.version] {
            bytes.extend(word.to_le_bytes());
        }
        // The three names, and one configuration.
        bytes.extend([1, 2, 3, 1]);
        bytes
    }

    fn configuration(&self) -> Vec<u8> {
        let mut parts = Vec::new();
        for (number, interface) in (0_u8..).zip(&self.interfaces) {
            let (class, subclass, protocol) = interface.class;
            let endpoints = interface.endpoints.len() as u8;
            parts.extend([9, 4, number, 0, endpoints, class, subclass, protocol, 0]);
            parts.extend(&interface.of_class);
            for endpoint in &interface.endpoints {
                let (kind, interval) = match endpoint.kind {
                    Kind::Bulk => (2, 0),
                    Kind::Interrupt(interval) => (3, interval),
                };
                let [low, high] = endpoint.packet.to_le_bytes();
                parts.extend([7, 5, endpoint.address, kind, low, high, interval]);
            }
        }
        let [low, high] = (9 + parts.len() as u16).to_le_bytes();
        let interfaces = self.interfaces.len() as u8;
        // With a power supply of its own, and 100 mA of the bus.
        let mut bytes = vec![9, 2, low, high, interfaces, 1, 0, 0xc0, 50];
        bytes.extend(parts);
        bytes
    }
}
