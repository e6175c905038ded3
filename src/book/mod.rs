#![doc = include_str!("links.md")]
#![doc = include_str!("../../docs/README.md")]

// Only documentation: the chapters are `docs/*.md`, so that they can be read in the repository, too. A link in them has its
// target twice: at the chapter's end a file, for there, and in `links.md` an item, for here. Of two definitions Markdown
// takes the first. (A block that fails is told as one of `links.md`; its module tells the chapter.)

/// `$module = $file`: a chapter.
macro_rules! chapters {
    ($($module:ident = $file:literal,)*) => {
        $(
            #[doc = include_str!("links.md")]
            #[doc = include_str!(concat!("../../docs/", $file))]
            pub mod $module {}
        )*
    };
}

chapters! {
    first_call = "01-first-call.md",
    questions = "02-questions.md",
    hangup = "03-hangup.md",
    voice = "04-voice.md",
    testing = "05-testing.md",
    installing = "06-installing.md",
    fastagi = "07-fastagi.md",
    other_languages = "08-other-languages.md",
    troubleshooting = "09-troubleshooting.md",
}

#[doc = include_str!("command_links.md")]
#[doc = include_str!("links.md")]
#[doc = include_str!("../../docs/commands.md")]
pub mod commands {}
