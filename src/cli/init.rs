//! `gatecrash init [PATH]...`

use std::path::PathBuf;

use clap::Args;

use crate::assertion::claim::Asked;
use crate::assertion::draft::draft;
use crate::assertion::file::NAME;
use crate::cli::Common;
use crate::cli::exit::{Exit, Stop};
use crate::cli::input::graph;
use crate::cli::output::{Io, save};
use crate::world::view::View;

/// Write a gatecrash.toml with what holds now
#[derive(Args, Clone, Debug)]
pub(super) struct Init {
    /// Files or folders to read (default: the current folder)
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        let path =
            common.output.clone().or_else(|| common.config.clone()).unwrap_or_else(|| PathBuf::from(NAME));
        if path.exists() && !self.force {
            return Err(Stop::usage(format!("`{}` is there already", path.display()))
                .help("--force writes over it; -o names another"));
        }
        let input = common.load_with(None, &[])?;
        let view = View::new(&input.world);
        let graph = graph(&view);
        let asked = Asked { view: &view, graph: &graph, names: input.names() };
        let text = draft(&asked, &self.named(common));
        save(&path, &text)?;
        let claims = text.matches("[[assert]]").count();
        Io::say(&format!("wrote {} with {claims} assertions; `gatecrash check` holds them", path.display()));
        Ok(input.exit())
    }

    /// The inputs as the file names them
    fn named(&self, common: &Common) -> Vec<String> {
        let paths = common.input.iter().map(|path| path.to_string_lossy().replace('\\', "/"));
        let paths: Vec<String> = paths.collect();
        if paths.is_empty() { vec![".".to_owned()] } else { paths }
    }
}
