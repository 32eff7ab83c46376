//! Documents: their text, and the placeholders that are for a device.

use alloc::format;
use alloc::vec::Vec;

use super::bytes::{Read, Reader, Writer};
use crate::document::Piece;
use crate::engine::document::Document;
use crate::placeholder::Part;
use crate::{Package, PackageVersion, Placeholder, PresignKind, ResolvedDocument};

const TEXT: u8 = 0;
const PLACEHOLDERS: u8 = 1;
const ARTIFACT: u8 = 4;
const KINDS: [(u8, PresignKind); 3] = [
    (1, PresignKind::Download),
    (2, PresignKind::DownloadV2),
    (3, PresignKind::Upload),
];

pub(super) fn write(document: &Document, out: &mut Writer<'_>) {
    let (given, filled, packages) = document.parts();
    out.option(given, |out, given| out.text(given));
    out.count(filled.pieces().len());
    for piece in filled.pieces() {
        match piece {
            Piece::Json(json) => {
                out.byte(TEXT);
                out.text(json);
            }
            Piece::Value(parts) => {
                out.byte(PLACEHOLDERS);
                out.count(parts.len());
                parts.iter().for_each(|part| write_part(part, out));
            }
        }
    }
    write_packages(packages, out);
}

pub(super) fn read(input: &mut Reader<'_>) -> Read<Document> {
    let given = input.option(|input| input.text().map(Into::into))?;
    let count = input.count()?;
    let mut pieces = Vec::new();
    for _ in 0..count {
        pieces.push(match input.byte()? {
            TEXT => Piece::Json(input.text()?.into()),
            PLACEHOLDERS => {
                let count = input.count()?;
                let parts = (0..count).map(|_| read_part(input));
                Piece::Value(parts.collect::<Read<_>>()?)
            }
            _ => return input.refuse("must be the kind of a piece of a document"),
        });
    }
    let Some(filled) = ResolvedDocument::from_pieces(pieces) else {
        return input.refuse("must be the end of a document that is JSON");
    };
    let packages = read_packages(input)?;
    Ok(Document::from_parts(given, filled, packages))
}

fn write_part(part: &Part, out: &mut Writer<'_>) {
    let kind = |kind: PresignKind| KINDS.iter().find(|(_, known)| *known == kind);
    match part {
        Part::Text(text) => {
            out.byte(TEXT);
            out.text(text);
        }
        Part::Placeholder { raw, what } => match what {
            Placeholder::Presigned { kind: of, url } => {
                out.byte(kind(*of).map_or(TEXT, |(byte, _)| *byte));
                out.text(url);
            }
            Placeholder::PackageArtifact(package) => {
                out.byte(ARTIFACT);
                out.option(package.named(), |out, (name, version)| {
                    out.text(name);
                    out.text(version);
                });
            }
            // No other kind is left for a device.
            _ => {
                out.byte(TEXT);
                out.text(raw);
            }
        },
    }
}

fn read_part(input: &mut Reader<'_>) -> Read<Part> {
    let kind = input.byte()?;
    if kind == TEXT {
        return Ok(Part::Text(input.text()?.into()));
    }
    if kind == ARTIFACT {
        let package = input.option(|input| {
            Ok(Package::Named {
                name: input.text()?.into(),
                version: input.text()?.into(),
            })
        })?;
        let package = package.unwrap_or(Package::Destination);
        let (name, version) = package.named().unwrap_or_default();
        let of = "artifact-location:s3-presigned-url";
        return Ok(Part::Placeholder {
            raw: format!("${{aws:iot:package:{name}:version:{version}:{of}}}"),
            what: Placeholder::PackageArtifact(package),
        });
    }
    let Some((_, kind)) = KINDS.iter().find(|(byte, _)| *byte == kind) else {
        return input.refuse("must be the kind of a part of a string");
    };
    let url = input.text()?;
    Ok(Part::Placeholder {
        raw: format!("${{aws:iot:{}:{url}}}", kind.as_str()),
        what: Placeholder::Presigned {
            kind: *kind,
            url: url.into(),
        },
    })
}

fn write_packages(packages: &[PackageVersion], out: &mut Writer<'_>) {
    out.count(packages.len());
    for entry in packages {
        out.text(&format!("{entry}"));
    }
}

fn read_packages(input: &mut Reader<'_>) -> Read<Vec<PackageVersion>> {
    let count = input.count()?;
    let entries = (0..count).map(|_| match PackageVersion::parse(input.text()?) {
        Some(entry) => Ok(entry),
        None => input.refuse("must be the end of the ARN of a package version"),
    });
    entries.collect()
}
