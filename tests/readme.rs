//! The README tells the truth: its transcripts are what the program prints, its first commands are the two that
//! `.ci/run` runs, and the files it names exist.

use crate::program::{root, run, text};

#[test]
fn transcripts_are_what_the_program_prints() {
    let readme = text(&root().join("README.md"));
    let mut failures = Vec::new();
    let transcripts = blocks(&readme, "text").into_iter().filter(|block| block.starts_with("$ gatecrash"));
    let transcripts: Vec<_> = transcripts.collect();
    assert!(!transcripts.is_empty(), "the README shows no transcript");
    for block in &transcripts {
        for (command, expected) in commands(block) {
            let args: Vec<_> = command.split_whitespace().skip(1).collect();
            let given = run(&args);
            if !shows(&expected, &given.out) {
                failures.push(format!(
                    "$ {command}\n--- README\n{expected}\n--- program\n{}{}",
                    given.out, given.err
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{} transcripts differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_first_commands_build_and_test_everything() {
    let readme = text(&root().join("README.md"));
    let first = blocks(&readme, "sh").into_iter().next().expect("a block of commands");
    let commands: Vec<_> =
        first.lines().map(|line| line.split('#').next().unwrap_or("").trim_end()).collect();
    assert_eq!(commands, ["cargo run --release -- --demo", "cargo test"]);
}

#[test]
fn the_readme_says_what_is_not_modelled() {
    assert!(text(&root().join("README.md")).to_lowercase().contains("\n## what is not modelled"));
}

#[test]
fn files_that_the_documents_link_to_exist() {
    for document in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        let text = text(&root().join(document));
        for rest in text.split("](").skip(1) {
            let link = rest.split([')', '#']).next().unwrap_or("");
            if !link.is_empty() && !link.contains("://") {
                assert!(root().join(link).exists(), "{document} links to {link}");
            }
        }
    }
}

#[test]
fn three_dots_stand_for_lines_left_out() {
    assert!(shows("a\n...\nd", "a\nb\nc\nd\n"));
    assert!(shows("a\n...", "a\nb\n"));
    assert!(shows("...\nd", "a\nd"));
    assert!(!shows("a\n...\nx", "a\nb\nc\n"));
    assert!(!shows("a", "a\nb\n"));
}

/// The fenced blocks of a language
fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            let body: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            if fence == language {
                found.push(body.join("\n"));
            }
        }
    }
    found
}

/// The commands of a transcript, each with what it printed
fn commands(block: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push((command.to_owned(), Vec::new())),
            (None, Some((_, output))) => output.push(line),
            (None, None) => {}
        }
    }
    found.into_iter().map(|(command, output)| (command, output.join("\n"))).collect()
}

/// Whether a transcript shows this output; a line `...` stands for any lines
fn shows(transcript: &str, output: &str) -> bool {
    fn from(wanted: &[&str], given: &[&str]) -> bool {
        match (wanted.split_first(), given.split_first()) {
            (None, None) => true,
            (Some((&"...", rest)), _) => (0..=given.len()).any(|skip| from(rest, &given[skip..])),
            (Some((first, wanted)), Some((line, given))) => first == line && from(wanted, given),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
    from(&lines(transcript), &lines(output))
}

/// The lines of a text, without white space and empty lines at the end
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_end).collect()
}
