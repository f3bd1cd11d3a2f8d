//! What the macro refuses, with the words that it does so, and what it takes. See `ui/README.md`.

#[test]
fn mistakes_are_refused_and_the_rest_is_not() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/*.rs");
    cases.pass("ui/pass/*.rs");
}
