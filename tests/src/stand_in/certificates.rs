//! Certificates made for one test.

use erpnext::https::Pin;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
    SerialNumber, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer, PrivatePkcs8KeyDer,
};

/// An authority that issues certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// The certificates between it and one that is trusted by itself: its own, or none if it is.
    between: Vec<CertificateDer<'static>>,
}

/// A certificate with its key.
pub struct Identity {
    /// Its certificate, and those between it and its authority.
    pub chain: Vec<CertificateDer<'static>>,
    /// The key of the first.
    pub key: PrivateKeyDer<'static>,
}

impl Authority {
    /// A new authority of this name that nobody trusts yet.
    pub fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::self_signed(authority(name), key).unwrap(),
            between: Vec::new(),
        }
    }

    /// An authority that this one vouches for.
    pub fn vouches_for(&self, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::signed_by(authority(name), key, &self.issuer).unwrap();
        let between = vec![issuer.der().clone()];
        Self { issuer, between }
    }

    /// Its certificate, for whoever shall trust it.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    /// The same in PEM, for a file.
    pub fn certificate_pem(&self) -> String {
        self.issuer.pem()
    }

    /// The pin of its key.
    pub fn pin(&self) -> Pin {
        Pin::of(&self.certificate()).unwrap()
    }

    /// A certificate for a name that is valid from 2020 until the end of a year.
    pub fn issue(&self, name: &str, until_year: i32) -> Identity {
        self.issue_for(&KeyPair::generate().unwrap(), name, 2020, until_year)
    }

    /// The same for a key that is there already, from the beginning of a year.
    pub fn issue_for(&self, key: &KeyPair, name: &str, from: i32, until: i32) -> Identity {
        let certificate = site(name, from, until)
            .signed_by(key, &self.issuer)
            .unwrap();
        let mut chain = vec![certificate.der().clone()];
        chain.extend(self.between.iter().cloned());
        Identity::new(chain, key)
    }

    /// A certificate for a till to show, with its key, in PEM. Its serial number is `serial`.
    pub fn issue_to_till(&self, name: &str, serial: u64, until_year: i32) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = site(name, 2020, until_year);
        params.serial_number = Some(SerialNumber::from(serial));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        format!("{}{}", certificate.pem(), key.serialize_pem())
    }

    /// Its list of revoked certificates, with this one.
    pub fn revokes(&self, serial: u64) -> CertificateRevocationListDer<'static> {
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: date_time_ymd(2021, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2021, 1, 1),
            next_update: date_time_ymd(2099, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().der().clone()
    }
}

impl Identity {
    /// One that vouches for itself.
    pub fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = site(name, 2020, 2099).self_signed(&key).unwrap();
        Self::new(vec![certificate.der().clone()], &key)
    }

    /// The same as `openssl req -x509` makes it: it calls itself an authority besides.
    pub fn self_signed_authority(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = site(name, 2020, 2099);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self::new(vec![certificate.der().clone()], &key)
    }

    /// What [`Authority::issue_to_till`] made, to be shown by a site.
    pub fn from_pem(pem: &str) -> Self {
        let chain = CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap);
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
        Self {
            chain: chain.collect(),
            key,
        }
    }

    /// The same that also sends another certificate along.
    #[must_use]
    pub fn with(mut self, certificate: CertificateDer<'static>) -> Self {
        self.chain.push(certificate);
        self
    }

    /// Its own certificate.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.chain[0].clone()
    }

    /// The pin of its key.
    pub fn pin(&self) -> Pin {
        Pin::of(&self.chain[0]).unwrap()
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Self { chain, key }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn site(name: &str, from_year: i32, until_year: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(from_year, 1, 1);
    params.not_after = date_time_ymd(until_year, 12, 31);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
