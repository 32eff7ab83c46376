//! Device Defender's audit: checks, what they find, and the machinery around them.
