//! The assertion file as the command line finds it: named, in the environment, here, or in a parent.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::assertion::Config;
use crate::assertion::file::{self, NAME};
use crate::cli::exit::{Exit, Form, Stop};
use crate::cli::{Common, demo};
use crate::load::Outside;
use crate::load::fs::{Files, Refusal};
use crate::report::human;

/// An assertion file that was read
#[derive(Clone, Debug)]
pub(super) struct Configured {
    /// Its path, as reports name it
    pub(super) path: String,
    /// The folder that its paths are relative to
    pub(super) folder: PathBuf,
    /// Its text
    pub(super) text: String,
    /// What it says; places are in no file yet
    pub(super) config: Config,
}

impl Common {
    /// The assertion file, if there is one and it is wanted
    pub(super) fn configured(&self) -> Result<Option<Configured>, Stop> {
        if self.no_config {
            return Ok(None);
        }
        if self.demo && self.config.is_none() {
            return self.read_config("shop/gatecrash.toml", demo::CONFIG.to_owned()).map(Some);
        }
        let Some(path) = self.config_path() else { return Ok(None) };
        let name = path.to_string_lossy().replace('\\', "/");
        let text = Files::Disk.read(&name, "", Outside::Allowed).map_err(|refusal| {
            let why = match refusal {
                Refusal::Absent => "there is no such file".to_owned(),
                Refusal::Outside => "it lies outside the named folders".to_owned(),
                Refusal::Unreadable { message, .. } => message,
            };
            Stop::usage(format!("failed to read `{name}`: {why}"))
                .help("`gatecrash init` writes one; --no-config goes without")
        })?;
        self.read_config(&name, text).map(Some)
    }

    fn read_config(&self, path: &str, text: String) -> Result<Configured, Stop> {
        match file::read(&text) {
            Ok(config) => {
                let folder = Path::new(path).parent().map(Path::to_path_buf).unwrap_or_default();
                Ok(Configured { path: path.to_owned(), folder, text, config })
            }
            Err(mistake) => Err(Stop {
                exit: Exit::Usage,
                message: human::mistake(path, &text, &mistake, self.colour_of_messages()),
                help: None,
                form: Form::Rendered,
            }),
        }
    }

    /// `--config`, the environment, or the first `gatecrash.toml` from here up to the folder that has `.git`
    pub(super) fn config_path(&self) -> Option<PathBuf> {
        #[expect(clippy::disallowed_methods, reason = "the edge: GATECRASH_CONFIG names the file")]
        let named = || std::env::var_os("GATECRASH_CONFIG").filter(|value| !value.is_empty());
        if let Some(path) = self.config.clone().or_else(|| named().map(PathBuf::from)) {
            return Some(path);
        }
        let mut up = PathBuf::new();
        // Far more folders than anybody nests; the root of the file system ends it earlier.
        for _ in 0..64 {
            let here = if up.as_os_str().is_empty() { Path::new(".") } else { up.as_path() };
            if here.join(NAME).is_file() {
                return Some(up.join(NAME));
            }
            if here.join(".git").exists() || std::fs::canonicalize(here).ok()?.parent().is_none() {
                return None;
            }
            up.push("..");
        }
        None
    }

    /// The day that waivers are held against: `--today`, the file's, or the clock's
    pub(super) fn today(&self, config: &Config) -> Result<Date, Stop> {
        if let Some(text) = &self.today {
            return text.parse().map_err(|_| Stop::usage(format!("`{text}` is no day: expected YYYY-MM-DD")));
        }
        let now = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        Ok(config.inputs.today.unwrap_or_else(now))
    }
}

impl Configured {
    /// A path of the file, seen from here
    pub(super) fn path(&self, path: &str) -> PathBuf {
        if self.folder.as_os_str().is_empty() { PathBuf::from(path) } else { self.folder.join(path) }
    }
}
