//! Lints that need the text of a document.

use super::catalogue::LintId;
use super::finding::{Findings, Part, Place, Quoted, Suggestion};
use crate::limits::DocumentLimits;
use crate::reader::{Failure, Kind, Reader, Turn};

/// The size, and condition blocks that hold nothing, which the document does not keep. The text
/// is that of a legal document.
pub(crate) fn check(index: usize, text: &str, findings: &mut Findings<'_>) {
    let most = DocumentLimits::AWS_IOT.max_chars;
    let count = DocumentLimits::count_chars(text);
    if count > most {
        let message = format_args!("{count} characters without white space, at most {most}");
        findings.add(
            LintId::PolicyTooLong,
            (index, Place::Document),
            message,
            None,
        );
    }
    // A legal document has no fault to stop at.
    let _ = statements(&mut Reader::new(text, 0), index, findings);
}

type Outcome<'a> = Result<(), Failure<'a>>;

fn statements<'a>(
    reader: &mut Reader<'a>,
    index: usize,
    findings: &mut Findings<'_>,
) -> Outcome<'a> {
    let mut turn = reader.enter(Kind::Object, "")?;
    while let Some(key) = reader.key(&mut turn)? {
        if &*key.text != "Statement" {
            reader.skip()?;
        } else if reader.peek()? == Kind::Array {
            let mut turn = reader.enter(Kind::Array, "")?;
            let mut number = 0;
            while reader.item(&mut turn)? {
                statement(reader, (index, number), findings)?;
                number += 1;
            }
        } else {
            statement(reader, (index, 0), findings)?;
        }
    }
    Ok(())
}

fn statement<'a>(
    reader: &mut Reader<'a>,
    (index, number): (usize, usize),
    findings: &mut Findings<'_>,
) -> Outcome<'a> {
    let at = (index, Place::Statement(number, Part::Conditions));
    let mut turn = reader.enter(Kind::Object, "")?;
    while let Some(key) = reader.key(&mut turn)? {
        if &*key.text != "Condition" {
            reader.skip()?;
            continue;
        }
        let mut turn = reader.enter(Kind::Object, "")?;
        let mut is_empty = true;
        while let Some(operator) = reader.key(&mut turn)? {
            is_empty = false;
            let mut keys: Turn = reader.enter(Kind::Object, "")?;
            let mut has_key = false;
            while reader.key(&mut keys)?.is_some() {
                has_key = true;
                reader.skip()?;
            }
            if !has_key {
                let message = format_args!("{} has no condition key", Quoted(&operator.text));
                findings.add(LintId::EmptyCondition, at, message, None);
            }
        }
        if is_empty {
            let message = "`Condition` has no operator";
            findings.add(LintId::EmptyCondition, at, message, Suggestion::Remove);
        }
    }
    Ok(())
}
