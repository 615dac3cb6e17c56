#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gatecrash::fuzz::targets::terraform(data));
