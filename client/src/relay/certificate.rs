//! What a relay's certificate says, and whether that is enough. Beside `quic` the only file of the client that names rustls, and the only one
//! that names webpki.

use std::sync::Arc;

use bellrope_proto::{
    keys::RelayKeys,
    signing::{PublicKey, Relay, Signed},
};
use rustls::{
    CertificateError, DigitallySignedStruct, Error as TlsError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// What the relay's identity says of its keys in this certificate; `None` when it says nothing, or that another key is the
/// certificate's.
pub(super) fn keys_in(
    certificate: &CertificateDer<'_>,
    relay: &PublicKey<Relay>,
) -> Option<Signed<RelayKeys>> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let own = certificate.subject_public_key_info();
    let certifies = |shown: &Signed<RelayKeys>| {
        let keys = shown.verify(relay);
        keys.is_ok_and(|keys| keys.tls.to_spki() == own.as_ref())
    };
    certificate
        .valid_uri_names()
        .filter_map(Signed::from_uri)
        .find(certifies)
}

/// Whose this certificate says it is. An identity counts only if it signed the certificate's key, so that nobody can show another relay's;
/// which relay one is looking for it does not say.
pub(super) fn identity_in(certificate: &CertificateDer<'_>) -> Option<PublicKey<Relay>> {
    let read = webpki::EndEntityCert::try_from(certificate).ok()?;
    let mut named = read.valid_uri_names().filter_map(PublicKey::from_uri);
    named.find(|relay| keys_in(certificate, relay).is_some())
}

/// Whose certificate is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    /// The relay's that an address names.
    Of(PublicKey<Relay>),
    /// That of any relay which says who it is. Whoever goes on with what it says must prove it another way.
    Anybodys,
}

/// Takes a certificate if a relay's identity says that its key is the relay's. Dates, issuers and other names say nothing
/// more: the identity came with the address.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) whose: Whose,
    pub(super) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let is_taken = match self.whose {
            Whose::Of(relay) => keys_in(end_entity, &relay).is_some(),
            Whose::Anybodys => identity_in(end_entity).is_some(),
        };
        if is_taken {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        Err(TlsError::General("TLS 1.2 is not sent".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use bellrope_proto::{
        ids::Timestamp,
        signing::{RelayTls, SecretKey},
    };
    use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, SanType};

    use super::*;

    fn relay(number: u8) -> SecretKey<Relay> {
        SecretKey::from_seed(&[number; 32])
    }

    fn tls(number: u8) -> SecretKey<RelayTls> {
        SecretKey::from_seed(&[number; 32])
    }

    fn statement(of: u8, certified: u8) -> String {
        let statement = relay(of).sign(&RelayKeys {
            issued: Timestamp(1),
            tls: tls(certified).public(),
            log: PublicKey::from_bytes([8; 32]),
            token: PublicKey::from_bytes([9; 32]),
        });
        statement.to_uri()
    }

    /// A certificate of TLS key 2 with these names.
    fn certificate(names: &[String]) -> CertificateDer<'static> {
        let pkcs8 = tls(2).to_pkcs8().unwrap();
        let der = pkcs8.to_vec().into();
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ED25519).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let names = names
            .iter()
            .map(|name| SanType::URI(name.as_str().try_into().unwrap()));
        params.subject_alt_names = names.collect();
        params.self_signed(&pair).unwrap().der().clone()
    }

    /// Whether relay 1 is taken to be who shows it.
    fn is_taken(names: &[String]) -> bool {
        keys_in(&certificate(names), &relay(1).public()).is_some()
    }

    #[test]
    fn a_certificate_counts_when_the_identity_certifies_its_key() {
        let own = statement(1, 2);
        assert!(is_taken(std::slice::from_ref(&own)));
        let beside = [
            "https://example.org".into(),
            statement(3, 2),
            statement(1, 4),
            own,
        ];
        assert!(is_taken(&beside));
        assert!(!is_taken(&beside[..3]));
        assert!(!is_taken(&[]));
        let rubbish = CertificateDer::from(vec![0x30, 0x03, 1, 2, 3]);
        assert!(keys_in(&rubbish, &relay(1).public()).is_none());
    }

    #[test]
    fn a_certificate_says_whose_it_is_only_with_that_ones_signature() {
        let (own, other) = (relay(1).public(), relay(3).public());
        let said = |names: &[String]| identity_in(&certificate(names));
        assert_eq!(said(&[statement(1, 2), own.to_uri()]), Some(own));
        // Another relay's name is in vain, before or behind it, and so is its statement about its own key.
        let mixed = [other.to_uri(), statement(1, 2), own.to_uri()];
        assert_eq!(said(&mixed), Some(own));
        assert_eq!(said(&[statement(1, 2), other.to_uri()]), None);
        assert_eq!(said(&[statement(3, 4), other.to_uri()]), None);
        assert_eq!(said(&[statement(1, 2)]), None, "a relay of before");
        assert_eq!(said(&[own.to_uri()]), None);
    }
}
