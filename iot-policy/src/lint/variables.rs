//! Lints of `${...}` in resources and in the values of conditions.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};

use super::catalogue::LintId;
use super::finding::{At, Findings, Quoted, advice, replace};
use super::model::{Arn, Grant};
use crate::action::Action;
use crate::certificate::{NameField, Pick, Side};
use crate::statement::Effect;
use crate::token::{Syntax, Token, tokens};
use crate::variable::Variable;

/// The variables of the resources.
pub(crate) fn resources(grant: &Grant<'_>, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    for (item, target) in grant.resources.iter().enumerate() {
        let at = grant.resource_place(item);
        text(grant, target.text, grant.syntax, at, true, findings);
        let scope = target.arn.iter().flat_map(|arn| arn.scope.iter().flatten());
        let mut misplaced = scope.filter(|token| matches!(token, Token::Variable { .. }));
        if let Some(Token::Variable { name, .. }) = misplaced.next() {
            let message = format_args!(
                "{} stands before the type of the resource, where variables are not replaced",
                Quoted(name)
            );
            findings.add(LintId::MisplacedVariable, at, message, None);
        }
        let has_variable = || {
            let resource = target.arn.iter().flat_map(|arn: &Arn<'_>| &arn.resource);
            let mut variables = resource.filter_map(|token| match token {
                Token::Variable { name, default } if default.is_none() => Some(*name),
                _ => None,
            });
            variables.next()
        };
        if statement.resources().is_negated()
            && statement.effect() == Effect::Allow
            && let Some(name) = has_variable()
        {
            let message = format_args!(
                "without a value for {} this resource is allowed too",
                Quoted(name)
            );
            let suggestion = advice("deny the resource without the variable in another statement");
            findings.add(LintId::VariableInNotResource, at, message, suggestion);
        }
    }
}

/// The variables and escapes in one text; `single` tells that one value is needed, as in a
/// resource.
pub(crate) fn text(
    grant: &Grant<'_>,
    text: &str,
    syntax: Syntax,
    at: At,
    single: bool,
    findings: &mut Findings<'_>,
) {
    if !syntax.variables {
        return;
    }
    escapes(text, at, findings);
    if unterminated(text) {
        let message = format_args!("{} holds `${{` without `}}` behind it", Quoted(text));
        findings.add(LintId::UnterminatedVariable, at, message, None);
    }
    let mut seen = BTreeSet::new();
    for token in tokens(text, syntax) {
        let Token::Variable { name, default } = token else {
            continue;
        };
        if !seen.insert((name, default)) {
            continue;
        }
        // Only the first finding brings the whole text along, mended.
        let is_first = seen.len() == 1;
        let variable = Variable::parse(name);
        if name.eq_ignore_ascii_case(OLD_THING_NAME) {
            let message = format_args!("{} is an old name of the variable", Quoted(name));
            let suggestion = is_first.then(|| replace(renamed(text, name, THING_NAME)));
            findings.add(LintId::OldVariableName, at, message, suggestion);
        }
        if !variable.is_known() {
            let guess = findings.guess(name, known_names()).filter(|_| is_first);
            let suggestion = guess.map(|known| replace(renamed(text, name, &known)));
            let message = format_args!("{} is not a variable of AWS IoT", Quoted(name));
            findings.add(LintId::UnknownVariable, at, message, suggestion);
        } else if let Some(why) = never(&variable, grant, single) {
            // A default replaces a missing value, not several.
            if default.is_none() || single && variable.is_multi_valued() {
                let message = format_args!("{} {why}", Quoted(name));
                findings.add(LintId::VariableWithoutValue, at, message, None);
            }
        } else if default.is_none() && over_http(&variable, grant) {
            let message = format_args!(
                "{} has no value for an HTTP call, and the actions are such",
                Quoted(name)
            );
            findings.add(LintId::VariableOverHttp, at, message, None);
        }
    }
}

/// Why a variable never has a value for the statement.
pub(crate) fn never(variable: &Variable, grant: &Grant<'_>, single: bool) -> Option<&'static str> {
    if single && variable.is_multi_valued() {
        return Some("has several values, and stands in conditions only");
    }
    if let Variable::CertificateName(name) = variable
        && matches!(name.pick, Pick::Nth(index) if usize::from(index) >= MOST_VALUES)
    {
        return Some("asks for a value behind the fifth, where lists are cut");
    }
    match variable {
        Variable::CredentialsThingName
        | Variable::CredentialsThingTypeName
        | Variable::CredentialsCertificateId => {
            Some("has a value only in the role policies of the credentials provider")
        }
        variable => other_actions(variable, grant),
    }
}

/// Why the actions of the statement never have the variable.
pub(crate) fn other_actions(variable: &Variable, grant: &Grant<'_>) -> Option<&'static str> {
    let (has, why): (&[Action<'static>], _) = match variable {
        Variable::ConnectAttributes | Variable::LastWillTopic => {
            (&[Action::CONNECT], "has a value for Connect only")
        }
        Variable::Topic => (
            &[Action::SEND_DIRECT_MESSAGE],
            "has a value for SendDirectMessage only",
        ),
        Variable::JobId => (
            &[Action::DESCRIBE_JOB_EXECUTION, Action::UPDATE_JOB_EXECUTION],
            "has a value for DescribeJobExecution and UpdateJobExecution only",
        ),
        _ => return None,
    };
    grant
        .names_only(|action| !has.contains(&action))
        .then_some(why)
}

/// Whether the variable is of an MQTT connection and the actions are all HTTP calls.
pub(crate) fn over_http(variable: &Variable, grant: &Grant<'_>) -> bool {
    let of_connection = matches!(
        variable,
        Variable::ClientId
            | Variable::ThingName
            | Variable::ThingTypeName
            | Variable::ThingAttribute(_)
            | Variable::ThingIsAttached
    );
    of_connection && grant.names_only(|action| HTTP.contains(&action))
}

/// Actions that devices ask for over HTTP only (developer guide, "AWS IoT Core policy actions").
const HTTP: [Action<'static>; 10] = [
    Action::GET_RETAINED_MESSAGE,
    Action::LIST_RETAINED_MESSAGES,
    Action::GET_THING_SHADOW,
    Action::UPDATE_THING_SHADOW,
    Action::DELETE_THING_SHADOW,
    Action::LIST_NAMED_SHADOWS_FOR_THING,
    Action::DESCRIBE_JOB_EXECUTION,
    Action::GET_PENDING_JOB_EXECUTIONS,
    Action::START_NEXT_PENDING_JOB_EXECUTION,
    Action::UPDATE_JOB_EXECUTION,
];

/// `$(*)`, `$(?)` and `$($)`.
fn escapes(text: &str, at: At, findings: &mut Findings<'_>) {
    let braced = ["$(*)", "$(?)", "$($)"]
        .into_iter()
        .zip(["${*}", "${?}", "${$}"]);
    let mut mended = String::from(text);
    let mut first = None;
    for (wrong, right) in braced {
        if mended.contains(wrong) {
            first.get_or_insert((wrong, right));
            mended = mended.replace(wrong, right);
        }
    }
    if let Some((wrong, right)) = first {
        let message = format_args!("`{wrong}` is no escape, `{right}` is");
        findings.add(LintId::EscapeWithParentheses, at, message, replace(mended));
    }
}

/// Whether a `${` stands behind the last `}`.
fn unterminated(text: &str) -> bool {
    let behind = text.rsplit_once('}').map_or(text, |(_, behind)| behind);
    behind.contains("${")
}

/// The text with another variable in the place of `name`.
fn renamed(text: &str, name: &str, other: &str) -> String {
    let start = |name: &str| alloc::format!("${{{name}");
    text.replace(&start(name), &start(other))
}

/// The names that a misspelt one is compared with.
pub(crate) fn known_names() -> impl Iterator<Item = String> {
    let plain = [
        Variable::SourceIp,
        Variable::VpcSourceIp,
        Variable::SourceVpc,
        Variable::SourceVpce,
        Variable::CurrentTime,
        Variable::EpochTime,
        Variable::SecureTransport,
        Variable::ClientId,
        Variable::DomainName,
        Variable::ThingName,
        Variable::ThingTypeName,
        Variable::ThingIsAttached,
        Variable::CertificateId,
        Variable::CertificateSerialNumber,
        Variable::CertificateAvailableKeys,
        Variable::ConnectAttributes,
        Variable::LastWillTopic,
        Variable::CognitoIdentity,
    ];
    let sides = [Side::Subject, Side::Issuer].into_iter();
    let fields =
        sides.flat_map(|side| NameField::ALL.iter().map(move |field| field.variable(side)));
    let plain = plain.into_iter().map(|variable| variable.to_string());
    plain.chain(fields.map(String::from))
}

/// As `iot:Thing.ThingName` is read as the new name, the old one is seen in the text only.
pub(crate) const OLD_THING_NAME: &str = "iot:Thing.ThingName";
pub(crate) const THING_NAME: &str = "iot:Connection.Thing.ThingName";
/// Lists of names in a certificate are cut to this many (developer guide, "X.509 certificate AWS
/// IoT Core policy variables").
const MOST_VALUES: usize = 5;
