//! Roles that are made to be slow to check.

use iot_policy::{Effect, Patterns, PolicyDocument, Statement};

/// A role with some bytes of policies.
pub(crate) type Role = fn(u64) -> PolicyDocument;

/// Roles of which a check that looks at each pair of patterns, or at each pattern for each length
/// of a name, takes minutes.
pub(crate) const HOSTILE: &[(&str, Role)] = &[
    ("unknown actions", |bytes| {
        let many = bytes / 40;
        let unknown = texts(many, |at| format!("iot:Unknown{at}"));
        let wild = texts(many, |at| format!("iot:*{at}x"));
        let deny = Statement::deny(wild, "*");
        hostile([Statement::allow(unknown, "*"), deny])
    }),
    ("question marks", |bytes| {
        let things = texts(bytes / 40, |at| {
            format!("arn:aws:iot:*:*:thing/{at}????????")
        });
        hostile([Statement::allow("iot:*", things)])
    }),
    ("an allow and a deny", |bytes| {
        let things = texts(bytes / 60, |at| format!("arn:aws:iot:*:*:*/{at}*"));
        let allow = Statement::allow("iot:*", things.clone());
        hostile([allow, Statement::deny("iot:*", things)])
    }),
    ("accounts that exclude each other", |bytes| {
        let many = bytes / 70;
        let but = |from| {
            let accounts = texts(many, |at| format!("arn:aws:iot:*:{}:*", from + at));
            let accounts = Patterns::all_but(accounts);
            Statement::new(Effect::Deny, Patterns::only(["iot:*"]), accounts)
        };
        let (one, other) = (but(100_000_000_000), but(200_000_000_000));
        hostile([Statement::allow("iot:*", "*"), one, other])
    }),
    ("statements", |bytes| {
        let many = bytes / 80;
        let allow =
            |at| Statement::allow(format!("iot:Un{at}"), format!("arn:aws:iot:*:*:thing/{at}"));
        PolicyDocument::new((0..many).map(allow).collect()).unwrap()
    }),
];

fn texts(many: u64, text: impl Fn(u64) -> String) -> Vec<String> {
    (0..many).map(text).collect()
}

fn hostile(statements: impl Into<Vec<Statement>>) -> PolicyDocument {
    PolicyDocument::new(statements.into()).unwrap()
}
