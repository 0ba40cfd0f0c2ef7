//! Fixtures and tests: the payloads and expectations that come out.
