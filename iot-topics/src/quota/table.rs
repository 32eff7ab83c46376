//! The published figures.

use alloc::collections::BTreeMap;
use core::fmt;

use super::bucket::Bucket;
use super::rate::Rate;

/// What is counted against a rate. The order is that of the table.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{Excess, Operation, Quotas, Scope};
///
/// let operation = Operation::OutboundPublish;
/// assert_eq!((operation.scope(), operation.excess()), (Scope::Account, Excess::Dropped));
/// assert_eq!(operation.to_string(), "outbound publish");
/// // What one connection may do, however many the account has.
/// let quotas = Quotas::large_region();
/// let own = Operation::ALL.iter().filter(|operation| operation.scope() == Scope::Connection);
/// let figures: Vec<_> = own.map(|operation| quotas.rate(*operation).unwrap().tokens()).collect();
/// assert_eq!(figures, [100, 512 * 1_024]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// A CONNECT.
    Connect,
    /// A CONNECT with one client identifier.
    ConnectPerClient,
    /// A message that the broker processes before routing it.
    InboundPublish,
    /// A message that goes to one subscription.
    OutboundPublish,
    /// One topic filter in a SUBSCRIBE.
    Subscribe,
    /// A publish on one connection, in or out.
    ConnectionPublish,
    /// A byte on one connection, in or out.
    ConnectionByte,
    /// A request to the Device Shadow service.
    ShadowRequest,
    /// A request for one shadow.
    ShadowRequestPerShadow,
    /// A publish with RETAIN.
    RetainedPublish,
    /// A publish with RETAIN to one topic.
    RetainedPublishPerTopic,
    /// `RegisterThing` over HTTP.
    RegisterThing,
    /// `RegisterThing` of fleet provisioning over MQTT.
    RegisterThingMqtt,
    /// `CreateKeysAndCertificate` of fleet provisioning over MQTT.
    CreateKeysAndCertificateMqtt,
    /// `CreateCertificateFromCsr` of fleet provisioning over MQTT.
    CreateCertificateFromCsrMqtt,
    /// `RegisterCertificate`.
    RegisterCertificate,
    /// `UpdateThing`.
    UpdateThing,
    /// `SearchIndex`.
    SearchIndex,
    /// `AssumeRoleWithCertificate` of the credential provider.
    AssumeRoleWithCertificate,
}

/// Who shares a rate.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{Operation, Scope};
///
/// // One bucket for the account, another for each client identifier.
/// assert_eq!(Operation::Connect.scope(), Scope::Account);
/// assert_eq!(Operation::ConnectPerClient.scope(), Scope::Client);
/// assert_eq!(Operation::ConnectionByte.scope(), Scope::Connection);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// All of an account in a Region.
    Account,
    /// One client identifier.
    Client,
    /// One connection.
    Connection,
    /// One topic.
    Topic,
    /// One shadow.
    Shadow,
}

/// What happens to what exceeds a rate.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{Excess, Operation};
///
/// assert_eq!(Operation::Connect.excess(), Excess::Refused);
/// assert_eq!(Operation::OutboundPublish.excess(), Excess::Dropped);
/// assert_eq!(Operation::ConnectionByte.excess(), Excess::Delayed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Excess {
    /// The client is told so.
    Refused,
    /// It is discarded without a word.
    Dropped,
    /// It is processed later.
    Delayed,
}

/// The figures of one time and kind of Region.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{Operation, Preset, Quotas, Rate};
///
/// let quotas = Quotas::preset(Preset::Deck2018);
/// assert_eq!(quotas.rate(Operation::Connect), Some(Rate::per_second(300)));
/// assert_eq!(quotas.rate(Operation::SearchIndex), None); // the deck does not tell
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// What AWS presented in March 2018.
    Deck2018,
    /// 2020.
    Y2020,
    /// Today, most Regions.
    LargeRegion,
    /// Today, the Regions that "AWS IoT Core endpoints and quotas" lists as select ones.
    SmallRegion,
}

/// What an account may hold at a time.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{AccountLimit, Quotas};
///
/// let quotas = Quotas::large_region();
/// assert_eq!(quotas.limit(AccountLimit::RetainedMessages), Some(500_000));
/// assert_eq!(AccountLimit::ALL.len(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AccountLimit {
    /// Connections at a time.
    Connections,
    /// Subscriptions of all connections.
    Subscriptions,
    /// Stored retained messages.
    RetainedMessages,
    /// Groups of shared subscriptions.
    SharedGroups,
    /// Subscriptions of one such group.
    SubscriptionsPerSharedGroup,
}

impl Operation {
    /// Every operation, in order.
    pub const ALL: &'static [Self] = &[
        Self::Connect,
        Self::ConnectPerClient,
        Self::InboundPublish,
        Self::OutboundPublish,
        Self::Subscribe,
        Self::ConnectionPublish,
        Self::ConnectionByte,
        Self::ShadowRequest,
        Self::ShadowRequestPerShadow,
        Self::RetainedPublish,
        Self::RetainedPublishPerTopic,
        Self::RegisterThing,
        Self::RegisterThingMqtt,
        Self::CreateKeysAndCertificateMqtt,
        Self::CreateCertificateFromCsrMqtt,
        Self::RegisterCertificate,
        Self::UpdateThing,
        Self::SearchIndex,
        Self::AssumeRoleWithCertificate,
    ];

    /// Who shares its rate.
    #[must_use]
    pub const fn scope(self) -> Scope {
        self.row().0
    }

    /// What happens to what exceeds its rate. Where the page only says that a rate is limited, a
    /// client's request is refused and a delivery dropped.
    #[must_use]
    pub const fn excess(self) -> Excess {
        self.row().1
    }

    /// The rates, each a second: the table of the module.
    #[rustfmt::skip]
    const fn row(self) -> (Scope, Excess, Figures) {
        use Excess::{Delayed, Dropped, Refused};
        use Scope::{Account, Client, Connection, Shadow, Topic};
        match self {
            // Four figures: 2018, 2020, large Region, small Region.
            Self::Connect => (Account, Refused, Figures([Some(300), Some(500), Some(3_000), Some(100)])),
            Self::ConnectPerClient => (Client, Refused, today(1, 1)),
            Self::InboundPublish => (Account, Refused, Figures([Some(3_000), Some(20_000), Some(20_000), Some(2_000)])),
            Self::OutboundPublish => (Account, Dropped, Figures([Some(6_000), Some(20_000), Some(20_000), Some(2_000)])),
            Self::Subscribe => (Account, Refused, Figures([Some(500), Some(500), Some(3_000), Some(200)])),
            Self::ConnectionPublish => (Connection, Dropped, since_2020(100, 100)),
            Self::ConnectionByte => (Connection, Delayed, since_2020(512 * 1_024, 512 * 1_024)),
            Self::ShadowRequest => (Account, Refused, today(4_000, 400)),
            Self::ShadowRequestPerShadow => (Shadow, Refused, today(20, 20)),
            Self::RetainedPublish => (Account, Refused, today(500, 50)),
            Self::RetainedPublishPerTopic => (Topic, Refused, today(1, 1)),
            Self::RegisterThing => (Account, Refused, today(10, 10)),
            Self::RegisterThingMqtt => (Account, Refused, today(10, 10)),
            Self::CreateKeysAndCertificateMqtt => (Account, Refused, today(10, 10)),
            Self::CreateCertificateFromCsrMqtt => (Account, Refused, today(20, 20)),
            Self::RegisterCertificate => (Account, Refused, today(15, 15)),
            Self::UpdateThing => (Account, Refused, today(100, 50)),
            Self::SearchIndex => (Account, Refused, today(15, 15)),
            Self::AssumeRoleWithCertificate => (Account, Refused, today(100, 50)),
        }
    }
}

impl fmt::Display for Operation {
    /// Says it in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Connect => "CONNECT",
            Self::ConnectPerClient => "CONNECT of one client",
            Self::InboundPublish => "inbound publish",
            Self::OutboundPublish => "outbound publish",
            Self::Subscribe => "subscription",
            Self::ConnectionPublish => "publish on one connection",
            Self::ConnectionByte => "data on one connection",
            Self::ShadowRequest => "shadow request",
            Self::ShadowRequestPerShadow => "request for one shadow",
            Self::RetainedPublish => "retained publish",
            Self::RetainedPublishPerTopic => "retained publish to one topic",
            Self::RegisterThing => "`RegisterThing`",
            Self::RegisterThingMqtt => "`RegisterThing` over MQTT",
            Self::CreateKeysAndCertificateMqtt => "`CreateKeysAndCertificate` over MQTT",
            Self::CreateCertificateFromCsrMqtt => "`CreateCertificateFromCsr` over MQTT",
            Self::RegisterCertificate => "`RegisterCertificate`",
            Self::UpdateThing => "`UpdateThing`",
            Self::SearchIndex => "`SearchIndex`",
            Self::AssumeRoleWithCertificate => "`AssumeRoleWithCertificate`",
        })
    }
}

impl AccountLimit {
    /// Every limit, in order.
    pub const ALL: &'static [Self] = &[
        Self::Connections,
        Self::Subscriptions,
        Self::RetainedMessages,
        Self::SharedGroups,
        Self::SubscriptionsPerSharedGroup,
    ];

    const fn figures(self) -> Figures {
        match self {
            Self::Connections => since_2020(500_000, 100_000),
            Self::Subscriptions => since_2020(500_000, 100_000),
            Self::RetainedMessages => today(500_000, 100_000),
            Self::SharedGroups | Self::SubscriptionsPerSharedGroup => today(100, 100),
        }
    }
}

/// 2018, 2020, large Region, small Region; `None` where the source is silent.
struct Figures([Option<u64>; 4]);

/// The figures of both kinds of Regions.
const fn today(large: u64, small: u64) -> Figures {
    Figures([None, None, Some(large), Some(small)])
}

/// As [`today`], where 2020 had the figure of the large Regions.
const fn since_2020(large: u64, small: u64) -> Figures {
    Figures([None, Some(large), Some(large), Some(small)])
}

impl Figures {
    const fn of(&self, preset: Preset) -> Option<u64> {
        let [deck_2018, y2020, large, small] = self.0;
        match preset {
            Preset::Deck2018 => deck_2018,
            Preset::Y2020 => y2020,
            Preset::LargeRegion => large,
            Preset::SmallRegion => small,
        }
    }
}

/// The quotas of an account: one of the presets, with what AWS raised on request.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{AccountLimit, Operation, Preset, Quotas, Rate};
///
/// let mut quotas = Quotas::small_region();
/// assert_eq!(quotas.rate(Operation::Connect), Some(Rate::per_second(100)));
/// assert_eq!(quotas.limit(AccountLimit::Connections), Some(100_000));
///
/// quotas.set_rate(Operation::Connect, Rate::per_second(250)); // raised by AWS
/// assert_eq!(quotas.rate(Operation::Connect), Some(Rate::per_second(250)));
/// quotas.set_limit(AccountLimit::Connections, 250_000);
/// assert_eq!(quotas.limit(AccountLimit::Connections), Some(250_000));
///
/// // Older figures, for what was designed under them.
/// assert_eq!(Quotas::deck_2018(), Quotas::preset(Preset::Deck2018));
/// assert_eq!(Quotas::deck_2018().limit(AccountLimit::Connections), None); // not told
/// assert_eq!(
///     Quotas::y2020().limit(AccountLimit::Connections),
///     Quotas::large_region().limit(AccountLimit::Connections),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas {
    rates: BTreeMap<Operation, Rate>,
    limits: BTreeMap<AccountLimit, u64>,
}

impl Quotas {
    /// The figures of a preset.
    #[must_use]
    pub fn preset(preset: Preset) -> Self {
        let rates = Operation::ALL.iter().copied().filter_map(|operation| {
            let figure = operation.row().2.of(preset)?;
            Some((operation, Rate::per_second(figure)))
        });
        let limits = AccountLimit::ALL
            .iter()
            .copied()
            .filter_map(|limit| Some((limit, limit.figures().of(preset)?)));
        Self {
            rates: rates.collect(),
            limits: limits.collect(),
        }
    }

    /// What AWS presented in March 2018.
    #[must_use]
    pub fn deck_2018() -> Self {
        Self::preset(Preset::Deck2018)
    }

    /// The figures of 2020.
    #[must_use]
    pub fn y2020() -> Self {
        Self::preset(Preset::Y2020)
    }

    /// The figures of today, most Regions.
    #[must_use]
    pub fn large_region() -> Self {
        Self::preset(Preset::LargeRegion)
    }

    /// The figures of today, the select Regions with lower quotas.
    #[must_use]
    pub fn small_region() -> Self {
        Self::preset(Preset::SmallRegion)
    }

    /// The rate of an operation; `None` where the preset's source has none.
    #[must_use]
    pub fn rate(&self, operation: Operation) -> Option<Rate> {
        self.rates.get(&operation).copied()
    }

    /// A bucket for an operation that holds the tokens of one period: for each member of its
    /// [`Scope`], one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::Timestamp;
    /// use iot_topics::quota::{Operation, Quotas};
    ///
    /// // For each client identifier, a bucket of its own.
    /// let mut of_lamp = Quotas::large_region().bucket(Operation::ConnectPerClient).unwrap();
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// assert!(of_lamp.try_take(1, now).is_ok());
    /// assert!(of_lamp.try_take(1, now).is_err()); // one CONNECT a second
    /// ```
    #[must_use]
    pub fn bucket(&self, operation: Operation) -> Option<Bucket> {
        self.rate(operation).map(Bucket::of)
    }

    /// The most that the account holds at a time; `None` where the preset's source has none.
    #[must_use]
    pub fn limit(&self, limit: AccountLimit) -> Option<u64> {
        self.limits.get(&limit).copied()
    }

    /// Sets the rate of an operation, such as one that AWS raised on request.
    pub fn set_rate(&mut self, operation: Operation, rate: Rate) {
        self.rates.insert(operation, rate);
    }

    /// Sets what the account holds at a time, such as what AWS raised on request.
    pub fn set_limit(&mut self, limit: AccountLimit, most: u64) {
        self.limits.insert(limit, most);
    }
}
