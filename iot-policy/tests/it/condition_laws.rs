//! Laws of conditions, over random operators, values and sets of values.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use iot_policy::{
    ArnScope, Compared, Condition, Context, ContextValues, Operator, Quantifier, Test, Variable,
    Version,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Texts of every family, some of them equal in one family and not in another.
const POOL: &[&str] = &[
    "",
    "a",
    "A",
    "ab",
    "*",
    "a*",
    "?",
    "${x:y}",
    "${iot:ClientId}",
    "${iot:DomainName}",
    "0",
    "-0.0",
    "1",
    "1.0",
    "10e-1",
    "2",
    "1970",
    "1970-01-01",
    "1970-01-01T00:00:01Z",
    "1970-01-01T01:00:01+01:00",
    "true",
    "TRUE",
    "false",
    "10.0.0.1",
    "10.0.0.0/8",
    "::ffff:10.0.0.1",
    "0.0.0.0/0",
    "2001:db8::1",
    "::/0",
    "arn:aws:iot:r:1:topic/a",
    "arn:aws:iot:*:1:topic/*",
    "a:b:c:d:e:${iot:ClientId}",
    "a:b:c:d:e:a*",
    "Zg==",
    "Zg",
];

fn test() -> impl Strategy<Value = Test> {
    select(Test::all().collect::<Vec<_>>())
}

/// A test and its negation.
fn pair() -> impl Strategy<Value = (Test, Test)> {
    select(vec![
        (Test::StringEquals, Test::StringNotEquals),
        (
            Test::StringEqualsIgnoreCase,
            Test::StringNotEqualsIgnoreCase,
        ),
        (Test::StringLike, Test::StringNotLike),
        (Test::NumericEquals, Test::NumericNotEquals),
        (Test::DateEquals, Test::DateNotEquals),
        (Test::IpAddress, Test::NotIpAddress),
        (Test::ArnEquals, Test::ArnNotEquals),
        (Test::ArnLike, Test::ArnNotLike),
    ])
}

fn quantifier() -> impl Strategy<Value = Option<Quantifier>> {
    select(vec![
        None,
        Some(Quantifier::ForAllValues),
        Some(Quantifier::ForAnyValue),
    ])
}

fn texts(at_least: usize) -> impl Strategy<Value = Vec<String>> {
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    subsequence(POOL, at_least..5)
        .prop_shuffle()
        .prop_map(owned)
}

/// The values of a request; `None`: the key is absent.
fn request() -> impl Strategy<Value = Option<Vec<String>>> {
    prop_oneof![1 => Just(None), 5 => texts(0).prop_map(Some)]
}

/// Whether a condition holds where the request has these values and the client id `a*`.
fn ask(
    quantifier: Option<Quantifier>,
    test: Test,
    if_exists: bool,
    policy: &[String],
    request: Option<&[String]>,
) -> bool {
    let operator = Operator::new(quantifier, test, if_exists && test != Test::Null).unwrap();
    let condition = Condition::new(operator, "x:Key", policy.to_vec());
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let key = Variable::parse("x:Key");
    let values: ContextValues = request
        .map(|values| (key, values.to_vec()))
        .into_iter()
        .collect();
    let context = Context::new(&scope)
        .with_client_id("a*")
        .with_values(&values);
    condition.examine(Version::V2012_10_17, &context).holds()
}

proptest! {
    #[test]
    fn a_negated_operator_is_the_contrary(
        (positive, negated) in pair(), policy in texts(0), request in request(),
    ) {
        let request = request.as_deref();
        let holds = ask(None, positive, false, &policy, request);
        prop_assert_eq!(ask(None, negated, false, &policy, request), !holds);
    }

    #[test]
    fn some_fails_exactly_where_all_succeed(
        (positive, negated) in pair(), policy in texts(0), request in request(),
    ) {
        let ask = |quantifier, test| ask(Some(quantifier), test, false, &policy, request.as_deref());
        let (all, any) = (Quantifier::ForAllValues, Quantifier::ForAnyValue);
        prop_assert_eq!(ask(all, positive), !ask(any, negated));
        prop_assert_eq!(ask(all, negated), !ask(any, positive));
    }

    #[test]
    fn if_exists_counts_where_the_key_is_absent_alone(
        quantifier in quantifier(), test in test(), policy in texts(0), request in request(),
    ) {
        let request = request.as_deref();
        let plain = ask(quantifier, test, false, &policy, request);
        let if_exists = ask(quantifier, test, true, &policy, request);
        let is_absent = request.is_none_or(<[_]>::is_empty) && test != Test::Null;
        prop_assert_eq!(if_exists, plain || is_absent);
    }

    #[test]
    fn one_value_needs_no_quantifier(
        quantifier in quantifier(), test in test(), policy in texts(0), value in select(POOL),
    ) {
        let request = [value.to_owned()];
        let plain = ask(None, test, false, &policy, Some(&request));
        prop_assert_eq!(ask(quantifier, test, false, &policy, Some(&request)), plain);
    }

    #[test]
    fn values_of_a_policy_are_alternatives(
        test in test(), left in texts(0), right in texts(0), request in request(),
    ) {
        let ask = |policy: &[String]| ask(None, test, false, policy, request.as_deref());
        let both = [left.as_slice(), right.as_slice()].concat();
        let expected = if test.is_negated() {
            ask(&left) && ask(&right)
        } else {
            ask(&left) || ask(&right)
        };
        prop_assert_eq!(ask(&both), expected);
    }

    #[test]
    fn quantifiers_are_what_their_names_say(
        test in test(), policy in texts(0), request in texts(1),
    ) {
        prop_assume!(test != Test::Null);
        let each = |value: &String| {
            ask(None, test, false, &policy, Some(core::slice::from_ref(value)))
        };
        let all = ask(Some(Quantifier::ForAllValues), test, false, &policy, Some(&request));
        prop_assert_eq!(all, request.iter().all(each));
        let any = ask(Some(Quantifier::ForAnyValue), test, false, &policy, Some(&request));
        prop_assert_eq!(any, request.iter().any(each));
    }

    #[test]
    fn relations_fit_together(policy in texts(1), request in texts(1)) {
        use Test as T;
        let (policy, request) = (&policy[..1], &request[..1]);
        let ask = |test| ask(None, test, false, policy, Some(request));
        for (equal, less, less_equal, greater, greater_equal) in [
            (T::NumericEquals, T::NumericLessThan, T::NumericLessThanEquals,
                T::NumericGreaterThan, T::NumericGreaterThanEquals),
            (T::DateEquals, T::DateLessThan, T::DateLessThanEquals,
                T::DateGreaterThan, T::DateGreaterThanEquals),
        ] {
            let one_of = [ask(less), ask(equal), ask(greater)];
            // none where one of the two is no number or no date
            prop_assert!(one_of.iter().filter(|holds| **holds).count() <= 1);
            prop_assert_eq!(ask(less_equal), ask(less) || ask(equal));
            prop_assert_eq!(ask(greater_equal), ask(greater) || ask(equal));
        }
    }

    #[test]
    fn unreadable_values_change_nothing(
        quantifier in quantifier(), test in test(), policy in texts(0), request in request(),
    ) {
        let condition = Condition::new(test, "x:Key", policy.clone());
        let unreadable = condition.unreadable_values(Version::V2012_10_17);
        let rest: Vec<String> = policy
            .iter()
            .enumerate()
            .filter(|(at, _)| !unreadable.contains(at))
            .map(|(_, text)| text.clone())
            .collect();
        let request = request.as_deref();
        prop_assert_eq!(
            ask(quantifier, test, false, &policy, request),
            ask(quantifier, test, false, &rest, request),
        );
    }

    #[test]
    fn a_variable_is_its_value_as_a_literal(client_id in "[*?${}:a/é]{0,6}", value in "[*?${}:a/é]{0,6}") {
        let scope = ArnScope::new("aws", "us-east-1", "123456789012");
        let values = ContextValues::from([(Variable::parse("x:Key"), vec![value.clone()])]);
        let context = Context::new(&scope).with_client_id(&client_id).with_values(&values);
        for test in [Test::StringEquals, Test::StringLike, Test::StringEqualsIgnoreCase] {
            let condition = Condition::new(test, "x:Key", "${iot:ClientId}");
            let trace = condition.examine(Version::V2012_10_17, &context);
            prop_assert_eq!(trace.holds(), client_id == value);
            let of_pair = Condition::new(test, "x:Key", "a${iot:ClientId}a");
            let pair = format!("a{client_id}a");
            let trace = of_pair.examine(Version::V2012_10_17, &context);
            prop_assert_eq!(trace.holds(), value == pair);
        }
    }

    #[test]
    fn the_trace_is_the_reason(
        quantifier in quantifier(), test in test(), policy in texts(0), request in texts(1),
    ) {
        let operator = Operator::new(quantifier, test, false).unwrap();
        let condition = Condition::new(operator, "X:KEY", policy.clone());
        let scope = ArnScope::new("aws", "us-east-1", "123456789012");
        let values = ContextValues::from([(Variable::parse("X:KEY"), request.clone())]);
        let context = Context::new(&scope).with_client_id("a*").with_values(&values);
        let trace = condition.examine(Version::V2012_10_17, &context);
        let traced = trace.values().unwrap();
        prop_assert!(traced.iter().map(|value| value.text()).eq(&request));
        for value in traced {
            if let Compared::Matches { value: at } = value.compared() {
                // the value that decided does so alone
                let one = &policy[at..=at];
                let text = [value.text().to_owned()];
                prop_assert_eq!(ask(None, test, false, one, Some(&text)), !test.is_negated());
            }
        }
    }
}
