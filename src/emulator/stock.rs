//! Sounds.
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
#[derive(Default, Debug)]
pub(super) struct Sounds {
    own: BTreeMap<Vec<u8>, Option<u32>>,
}
impl Sounds {
    pub(super) fn samples(&self, name: &[u8]) -> Option<u32> {
        if let Some(own) = self.own.get(name) {
            return *own;
        }
        static CORE: &str = include_str!("sounds/core.txt");
        let name = std::str::from_utf8(name).ok()?;
        CORE.lines().find_map(|l| {
            let (n, s) = l.rsplit_once(' ')?;
            if n == name { s.parse().ok() } else { None }
        })
    }
    pub(super) fn add(&mut self, name: &[u8], length: Duration) {
        self.add_samples(name, u32::try_from(length.as_micros() / 125).unwrap_or(u32::MAX))
    }
    pub(super) fn add_samples(&mut self, name: &[u8], samples: u32) {
        self.own.insert(name.to_vec(), Some(samples));
    }
    pub(super) fn remove(&mut self, name: &[u8]) {
        self.own.insert(name.to_vec(), None);
    }
    pub(super) fn add_folder(&mut self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }
}
