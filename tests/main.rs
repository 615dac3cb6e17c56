//! One integration binary: the corpus, the layers, the built program, the licences of what it is built from.

#[cfg(test)]
mod assertions;
#[cfg(test)]
mod binary;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod choices;
#[cfg(test)]
mod console;
#[cfg(test)]
mod deciding;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod doubt;
#[cfg(all(test, feature = "fuzz"))]
mod fuzz_seeds;
#[cfg(test)]
mod golden;
#[cfg(all(test, feature = "fuzz"))]
mod laws;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod nearest;
#[cfg(test)]
mod openings;
#[cfg(all(test, feature = "fuzz"))]
mod oracle;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod program;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod recordings;
#[cfg(test)]
mod session;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod tui;
#[cfg(test)]
mod worlds;
