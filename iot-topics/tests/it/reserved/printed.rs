//! The catalogue as the documentation prints it, and a naive reading of that notation.

/// The catalogue as the developer guide and its sister guides print it: what clients do, and the
/// topics. P publish, S subscribe, R straight to the client that asked.
pub(super) const PRINTED: &[(&str, &str)] = &[
    ("PS", "$aws/things/{thingName}/shadow/{get|update|delete}"),
    (
        "S",
        "$aws/things/{thingName}/shadow/{get|update|delete}/{accepted|rejected}",
    ),
    (
        "S",
        "$aws/things/{thingName}/shadow/update/{delta|documents}",
    ),
    (
        "PS",
        "$aws/things/{thingName}/shadow/name/{shadowName}/{get|update|delete}",
    ),
    (
        "S",
        "$aws/things/{thingName}/shadow/name/{shadowName}/{get|update|delete}/{accepted|rejected}",
    ),
    (
        "S",
        "$aws/things/{thingName}/shadow/name/{shadowName}/update/{delta|documents}",
    ),
    ("P", "$aws/things/{thingName}/jobs/get"),
    ("SR", "$aws/things/{thingName}/jobs/get/{accepted|rejected}"),
    ("P", "$aws/things/{thingName}/jobs/start-next"),
    (
        "SR",
        "$aws/things/{thingName}/jobs/start-next/{accepted|rejected}",
    ),
    ("P", "$aws/things/{thingName}/jobs/{jobId or $next}/get"),
    (
        "SR",
        "$aws/things/{thingName}/jobs/{jobId or $next}/get/{accepted|rejected}",
    ),
    ("P", "$aws/things/{thingName}/jobs/{jobId}/update"),
    (
        "SR",
        "$aws/things/{thingName}/jobs/{jobId}/update/{accepted|rejected}",
    ),
    ("S", "$aws/things/{thingName}/jobs/notify"),
    ("S", "$aws/things/{thingName}/jobs/notify-next"),
    (
        "SR",
        "$aws/commands/things/{thingName}/executions/{executionId}/request",
    ),
    (
        "SR",
        "$aws/commands/things/{thingName}/executions/{executionId}/request/{json|cbor}",
    ),
    (
        "P",
        "$aws/commands/things/{thingName}/executions/{executionId}/response",
    ),
    (
        "P",
        "$aws/commands/things/{thingName}/executions/{executionId}/response/{json|cbor}",
    ),
    (
        "SR",
        "$aws/commands/things/{thingName}/executions/{executionId}/response/{accepted|rejected}",
    ),
    (
        "SR",
        "$aws/commands/things/{thingName}/executions/{executionId}/response/{accepted|rejected}/{json|cbor}",
    ),
    (
        "SR",
        "$aws/commands/clients/{clientId}/executions/{executionId}/request",
    ),
    (
        "SR",
        "$aws/commands/clients/{clientId}/executions/{executionId}/request/{json|cbor}",
    ),
    (
        "P",
        "$aws/commands/clients/{clientId}/executions/{executionId}/response",
    ),
    (
        "P",
        "$aws/commands/clients/{clientId}/executions/{executionId}/response/{json|cbor}",
    ),
    (
        "SR",
        "$aws/commands/clients/{clientId}/executions/{executionId}/response/{accepted|rejected}",
    ),
    (
        "SR",
        "$aws/commands/clients/{clientId}/executions/{executionId}/response/{accepted|rejected}/{json|cbor}",
    ),
    ("P", "$aws/certificates/create/{json|cbor}"),
    (
        "SR",
        "$aws/certificates/create/{json|cbor}/{accepted|rejected}",
    ),
    ("P", "$aws/certificates/create-from-csr/{json|cbor}"),
    (
        "SR",
        "$aws/certificates/create-from-csr/{json|cbor}/{accepted|rejected}",
    ),
    (
        "P",
        "$aws/provisioning-templates/{templateName}/provision/{json|cbor}",
    ),
    (
        "SR",
        "$aws/provisioning-templates/{templateName}/provision/{json|cbor}/{accepted|rejected}",
    ),
    ("P", "$aws/things/{thingName}/defender/metrics/{json|cbor}"),
    (
        "S",
        "$aws/things/{thingName}/defender/metrics/{json|cbor}/{accepted|rejected}",
    ),
    (
        "P",
        "$aws/things/{thingName}/streams/{streamId}/{describe|get}/{json|cbor}",
    ),
    (
        "SR",
        "$aws/things/{thingName}/streams/{streamId}/{description|data|rejected}/{json|cbor}",
    ),
    ("S", "$aws/things/{thingName}/tunnels/notify"),
    ("P", "$aws/device_location/{deviceId}/get_position_estimate"),
    (
        "S",
        "$aws/device_location/{deviceId}/get_position_estimate/{accepted|rejected}",
    ),
    ("P", "$aws/rules/{ruleName}"),
    ("P", "$aws/rules/{ruleName}/{topic...}"),
    (
        "S",
        "$aws/sitewise/asset-models/{assetModelId}/assets/{assetId}/properties/{propertyId}",
    ),
    ("S", "$aws/events/certificates/registered/{caCertificateId}"),
    (
        "S",
        "$aws/events/job/{jobId}/{completed|canceled|deleted|cancellation_in_progress|deletion_in_progress}",
    ),
    (
        "S",
        "$aws/events/jobExecution/{jobId}/{succeeded|failed|rejected|canceled|timed_out|removed|deleted}",
    ),
    (
        "S",
        "$aws/events/commandExecution/{commandId}/{CREATED|IN_PROGRESS|SUCCEEDED|FAILED|REJECTED|TIMED_OUT}",
    ),
    (
        "S",
        "$aws/events/presence/{connected|disconnected|connect_failed}/{clientId...}",
    ),
    (
        "S",
        "$aws/events/subscriptions/{subscribed|unsubscribed}/{clientId...}",
    ),
    (
        "S",
        "$aws/events/thing/{thingName}/{created|updated|deleted}",
    ),
    (
        "S",
        "$aws/events/thingGroup/{thingGroupName}/{created|updated|deleted}",
    ),
    (
        "S",
        "$aws/events/thingType/{thingTypeName}/{created|updated|deleted}",
    ),
    (
        "S",
        "$aws/events/thingTypeAssociation/thing/{thingName}/thingType/{thingTypeName}/{added|removed}",
    ),
    (
        "S",
        "$aws/events/thingTypeAssociation/thing/{thingName}/{thingTypeName}",
    ),
    (
        "S",
        "$aws/events/thingGroupMembership/thingGroup/{thingGroupName}/thing/{thingName}/{added|removed}",
    ),
    (
        "S",
        "$aws/events/thingGroupHierarchy/thingGroup/{thingGroupName}/childThingGroup/{thingGroupName}/{added|removed}",
    ),
    (
        "S",
        "$aws/iotwireless/events/{eventName}/{eventType}/{lorawan|sidewalk}/{resourceType}",
    ),
    (
        "S",
        "$aws/iotwireless/events/{eventName}/{eventType}/{lorawan|sidewalk}/{resourceType}/{identifierType}/{id}",
    ),
    (
        "P",
        "$aws/iotfleetwise/vehicles/{thingName}/{checkins|signals}",
    ),
    (
        "S",
        "$aws/iotfleetwise/vehicles/{thingName}/{collection_schemes|decoder_manifests}",
    ),
    (
        "S",
        "$aws/iotfleetwise/vehicles/{thingName}/last_known_state/{stateTemplateName}/data",
    ),
    (
        "PS",
        "$aws/things/{thingName}/{greengrass|greengrassv2}/health/json",
    ),
];

/// Whether a printed line takes a name: words and literals level by level, an identifier any text
/// that the real check would take or refuse. Recursive and naive, from the notation alone.
pub(super) fn printed_takes(line: &str, name: &str) -> bool {
    let (head, line_rest) = line
        .split_once('/')
        .map_or((line, None), |(a, b)| (a, Some(b)));
    if head.ends_with("...}") {
        return !name.is_empty();
    }
    let (level, name_rest) = name
        .split_once('/')
        .map_or((name, None), |(a, b)| (a, Some(b)));
    let takes = match head
        .strip_prefix('{')
        .and_then(|head| head.strip_suffix('}'))
    {
        Some("jobId or $next") => level == "$next" || !level.contains('$'),
        Some("jobId" | "thingName" | "thingTypeName" | "thingGroupName") => {
            !level.is_empty() && !level.contains('$')
        }
        Some(words) if words.contains('|') => words.split('|').any(|word| word == level),
        Some(_) => !level.is_empty(),
        None => head == level,
    };
    takes
        && match (line_rest, name_rest) {
            (None, None) => true,
            (Some(line), Some(name)) => printed_takes(line, name),
            _ => false,
        }
}
