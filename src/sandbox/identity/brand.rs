//! The keys of brands.

use std::sync::Arc;

use super::{Identity, certificate, is_same_serial, lock, pkey, private};
use wechatpay_core::crypto::{Certificate, KeyAlgorithm, PrivateKey};
use wechatpay_core::error::Result;

/// The key and certificate of a brand (品牌).
pub(crate) struct Brand {
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
}

/// The key that the user gives for a brand.
#[derive(Clone)]
pub(crate) struct GivenBrand {
    pub(crate) brand_id: String,
    pub(crate) key: PrivateKey,
    /// Without one the sandbox issues it.
    pub(crate) certificate: Option<Certificate>,
    /// The serial of the certificate that is issued, in hexadecimal.
    pub(crate) serial: Option<String>,
}

impl Identity {
    /// The key and certificate of a brand. They are generated when they are first needed; the certificate begins a
    /// day before `now` (Unix seconds).
    pub(crate) fn brand(&self, brand_id: &str, now: i64) -> Result<Arc<Brand>> {
        let mut brands = lock(&self.brands);
        if let Some(brand) = brands.get(brand_id) {
            return Ok(Arc::clone(brand));
        }
        let (key, x509) = self.kept(&name_of(brand_id), brand_id, (KeyAlgorithm::Rsa, now))?;
        let brand = Arc::new(Brand {
            key: private(&key)?,
            certificate: certificate(&x509)?,
        });
        brands.insert(brand_id.to_owned(), Arc::clone(&brand));
        Ok(brand)
    }

    /// The given key of a brand, with the given certificate, that of an earlier start, or a new one.
    pub(crate) fn given_brand(&self, given: &GivenBrand) -> Result<Arc<Brand>> {
        let (brand_id, serial) = (&given.brand_id, given.serial.as_deref());
        let certificate = match &given.certificate {
            Some(certificate) => certificate.clone(),
            None => match self.known_certificate(given)? {
                Some(certificate) => certificate,
                None => self.certificate_of(brand_id, &given.key, serial)?,
            },
        };
        let pair = (pkey(&given.key)?, certificate.x509().to_owned());
        self.replace_in_folder(&name_of(brand_id), &pair)?;
        Ok(Arc::new(Brand {
            key: given.key.clone(),
            certificate,
        }))
    }

    /// The certificate in the folder, if it fits the given key and serial.
    fn known_certificate(&self, given: &GivenBrand) -> Result<Option<Certificate>> {
        // Unusable files are replaced: a start may have been killed between the key and the certificate.
        let Ok(Some((_, x509))) = self.in_folder(&name_of(&given.brand_id)) else {
            return Ok(None);
        };
        let known = certificate(&x509)?;
        let asked = given.serial.as_deref().unwrap_or(known.serial());
        let fits = known.public_key() == given.key.public_key();
        Ok(Some(known.clone()).filter(|_| fits && is_same_serial(known.serial(), asked)))
    }

    /// The brands whose generated keys have been needed before.
    #[cfg(feature = "control")]
    pub(crate) fn made_brands(&self) -> Vec<Arc<Brand>> {
        lock(&self.brands).values().map(Arc::clone).collect()
    }
}

/// The name under which the key of a brand is kept.
fn name_of(brand_id: &str) -> String {
    format!("brand {brand_id}")
}
