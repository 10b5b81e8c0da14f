//! Drops, renames, changes and adds entries of listings, and keeps one for later.
use super::shapes::*;

#[derive(Default)]
pub struct Module {
    kept: Vec<Kept>,
}

/// What comes with a request ends with it: a cache copies.
struct Kept {
    name: Vec<u8>,
    off: i64,
    r#type: i64,
    stat: Iatt,
}

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module::default())
        }
        fn readdirp_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readdirp) -> Answer {
            let shown = reply.check()?.entries.unwrap_or_default();
            let shown: Vec<_> = shown.iter().filter(|entry| entry.name[0] != b'.').collect();
            let names: Vec<_> = shown.iter().map(|entry| entry.name.to_ascii_uppercase()).collect();
            let named = shown.iter().zip(&names);
            let mut entries: Vec<_> =
                named.map(|(entry, name)| Dirent { name: Name(name), ..**entry }).collect();
            let stat = Iatt { ia_size: 3, ..Iatt::default() };
            let name = "added".into();
            entries.push(Dirent { name, off: 99, r#type: 8, stat: Some(&stat), ..Dirent::default() });
            let keep = |entry: &Dirent| {
                let Dirent { off, r#type, .. } = *entry;
                let stat = *entry.stat.unwrap();
                Kept { name: entry.name.to_vec(), off, r#type, stat }
            };
            self.kept = entries.iter().map(keep).collect();
            Ok(frame.unwind(reply::Readdirp { entries: Some(&entries), ..reply }))
        }
        fn readdir(&mut self, frame: &mut Frame<Self>, it: fop::Readdir) -> Answer {
            if self.kept.is_empty() {
                return Ok(frame.wind(it));
            }
            let entries: Vec<_> = self
                .kept
                .iter()
                .map(|Kept { name, off, r#type, stat }| Dirent {
                    name: Name(name),
                    off: *off,
                    r#type: *r#type,
                    stat: Some(stat),
                    ..Dirent::default()
                })
                .collect();
            Ok(frame.unwind(reply::Readdir { entries: Some(&entries), ..reply::Readdir::default() }))
        }
        fn readdir_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readdir) -> Answer {
            let mut entries = reply.check()?.entries.unwrap_or_default()[1..].to_vec();
            let stat = Iatt { ia_size: 77, ..*entries[0].stat.ok_or(EIO)? };
            entries[0].stat = Some(&stat);
            Ok(frame.unwind(reply::Readdir { entries: Some(&entries), ..reply }))
        }
    }
}
