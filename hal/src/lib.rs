//! Devices of the counter in UnifiedPOS words: codecs (no_std), Linux transports, simulators.
