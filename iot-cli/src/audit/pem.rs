//! Certificates and revocation lists out of PEM or DER.

/// One PEM of a file: what it says it is, and its bytes.
pub(super) struct Block {
    pub(super) label: String,
    pub(super) der: Vec<u8>,
}

pub(super) const CERTIFICATE: &str = "CERTIFICATE";
pub(super) const REVOCATION_LIST: &str = "X509 CRL";

const BEGIN: &str = "-----BEGIN ";

/// The PEMs of a text, in order; text between them is left out.
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let starts: Vec<usize> = text.match_indices(BEGIN).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| block(text.get(*start..end).unwrap_or_default()))
        .collect()
}

fn block(text: &str) -> Result<Block, String> {
    // What stands behind the end line is no part of the PEM.
    let end = text.find("-----END ").and_then(|at| {
        let line = text.get(at..)?;
        Some(at + line.find('\n').unwrap_or(line.len()))
    });
    let text = end.and_then(|end| text.get(..end)).unwrap_or(text);
    let mut decoder = pem_rfc7468::Decoder::new_detect_wrap(text.as_bytes())
        .map_err(|error| error.to_string())?;
    let label = decoder.type_label().to_owned();
    let mut der = Vec::new();
    decoder
        .decode_to_end(&mut der)
        .map_err(|error| error.to_string())?;
    Ok(Block { label, der })
}

/// The blocks of a file of either form; `label` is what bytes that are no PEM stand for.
pub(super) fn read(bytes: Vec<u8>, label: &str) -> Result<Vec<Block>, String> {
    let text = std::str::from_utf8(&bytes)
        .ok()
        .filter(|text| text.contains(BEGIN));
    match text {
        Some(text) => blocks(text),
        None => Ok(vec![Block {
            label: label.to_owned(),
            der: bytes,
        }]),
    }
}
