<?php
// Keys and certificates of nobody, made for a run.

declare(strict_types=1);

namespace Oracle;

function keys(string $folder): void
{
    foreach (['merchant', 'platform'] as $serial => $name) {
        $key = \openssl_pkey_new(['private_key_bits' => 2048, 'private_key_type' => \OPENSSL_KEYTYPE_RSA]);
        \openssl_pkey_export($key, $pem);
        \file_put_contents("{$folder}/{$name}_key.pem", $pem);
        \file_put_contents("{$folder}/{$name}_pub.pem", \openssl_pkey_get_details($key)['key']);
        $request = \openssl_csr_new(['commonName' => $name], $key, ['digest_alg' => 'sha256']);
        $made = \openssl_csr_sign($request, null, $key, 20000, ['digest_alg' => 'sha256'], 0x5157F09EFDC0 + $serial);
        \openssl_x509_export($made, $certificate);
        \file_put_contents("{$folder}/{$name}_cert.pem", $certificate);
    }
}
