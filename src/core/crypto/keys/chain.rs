use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509StoreContext, X509VerifyResult};

use super::Certificate;
#[cfg(feature = "sm")]
use super::{super::KeyAlgorithm, super::base64, sm2_certificate};
use crate::error::{Error, ErrorKind, Result};

impl Certificate {
    /// Checks that one of the `trusted` certificates has issued this one, directly or through others of them, and that all
    /// are valid at `now` (Unix seconds). An intermediate certificate is accepted like a root.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] with OpenSSL's reason.
    pub fn check_issued_by(&self, trusted: &[Self], now: i64) -> Result<()> {
        let refused = |why: String| {
            let message = format!(
                "the certificate {} was not issued by the given CA: {why}",
                self.serial()
            );
            Error::new(ErrorKind::Key, message)
        };
        #[cfg(feature = "sm")]
        if let Some(checked) = self.check_sm2(trusted, now) {
            return checked.map_err(|why| refused(why.to_owned()));
        }
        match self.verify(trusted, now) {
            Ok(X509VerifyResult::OK) => Ok(()),
            Ok(result) => Err(refused(result.error_string().to_owned())),
            Err(err) => Err(refused("OpenSSL cannot check it".to_owned()).with_source(err)),
        }
    }

    /// Checks a certificate that an SM2 key has signed; `None` for any other.
    ///
    /// OpenSSL's own check cannot be given the user id of the signature, and some builds lack SM2. Since all trusted
    /// certificates are anchors, the chain ends at the first issuer.
    #[cfg(feature = "sm")]
    fn check_sm2(&self, trusted: &[Self], now: i64) -> Option<Result<(), &'static str>> {
        let whole = self.to_der().ok()?;
        let signed = sm2_certificate::signed_by_sm2(&whole)?;
        if !signed.is_consistent {
            return Some(Err("it names two algorithms for its signature"));
        }
        if !sm2_certificate::is_understood(&whole) {
            return Some(Err("it has a critical extension that cannot be applied"));
        }
        let is_valid = |it: &Self| (it.not_before()..=it.not_after()).contains(&now);
        if !is_valid(self) {
            return Some(Err("certificate has expired or is not yet valid"));
        }
        let issuer = self.x509().issuer_name().to_der().ok()?;
        let signature = base64::encode(signed.signature);
        let is_issuer = |it: &&Self| {
            let is_self = it.to_der().is_ok_and(|der| der == whole);
            let is_named = it
                .x509()
                .subject_name()
                .to_der()
                .is_ok_and(|name| name == issuer);
            let may_issue = it.to_der().is_ok_and(|der| {
                sm2_certificate::is_authority(&der) && sm2_certificate::is_understood(&der)
            });
            let is_sm2 = it.public_key().algorithm() == KeyAlgorithm::Sm2;
            is_self
                || is_named
                    && may_issue
                    && is_sm2
                    && is_valid(it)
                    && it.public_key().verify(signed.text, &signature)
        };
        Some(match trusted.iter().find(is_issuer) {
            Some(_) => Ok(()),
            None => Err("none of the given CAs has issued it"),
        })
    }

    fn verify(&self, trusted: &[Self], now: i64) -> Result<X509VerifyResult, ErrorStack> {
        let mut param = X509VerifyParam::new()?;
        param.set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
        param.set_time(now);
        let mut store = X509StoreBuilder::new()?;
        store.set_param(&param)?;
        for certificate in trusted {
            store.add_cert(certificate.x509().clone())?;
        }
        let (store, chain) = (store.build(), Stack::new()?);
        X509StoreContext::new()?.init(&store, self.x509(), &chain, |context| {
            context.verify_cert()?;
            Ok(context.error())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::fixtures::fixture;

    #[test]
    fn a_self_signed_certificate_is_valid_only_for_itself_and_in_time() {
        let own = Certificate::from_bytes(fixture!("certificate.pem")).unwrap();
        let inside = own.not_before() + 1;
        assert!(
            own.check_issued_by(std::slice::from_ref(&own), inside)
                .is_ok()
        );
        for (trusted, now) in [
            (vec![], inside),
            (vec![own.clone()], own.not_before() - 1),
            (vec![own.clone()], own.not_after() + 1),
        ] {
            let err = own.check_issued_by(&trusted, now).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Key);
            assert!(err.to_string().contains(own.serial()), "{err}");
        }
    }
}
