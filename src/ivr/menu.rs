//! A menu: one key chooses.

use std::fmt;
use std::time::Duration;

use super::keys::one_key;
use super::prompt::Part;
use super::{Answer, Miss, Prompt, Sounds};
use crate::error::{Error, Result};
use crate::session::Session;

/// So often a menu and those in it are said at most.
const ROUNDS: u32 = 50;

/// What a menu's key does: see [`Menu::action`].
pub type Action<'a, E = Error> = Box<dyn Fn(&mut Session) -> Result<(), E> + 'a>;

/// Lets a caller choose by one key.
///
/// ```
/// use agikit::emulator::Asterisk;
/// use agikit::ivr::{Answer, Menu};
///
/// #[derive(Debug)]
/// enum Wish { Sales, Support }
///
/// fn script(agi: &mut agikit::Session) -> agikit::Result {
///     let menu = Menu::new("demo-instruct")
///         .choice('1', Wish::Sales)
///         .choice('2', Wish::Support)
///         .repeat_key('*')
///         .invalid("invalid");
///     match menu.ask(agi)? {
///         Answer::Given(Wish::Sales) => agi.set_variable("QUEUE", "sales"),
///         Answer::Given(Wish::Support) => agi.set_variable("QUEUE", "support"),
///         Answer::Cancelled | Answer::GaveUp(_) => agi.hangup(),
///     }
/// }
///
/// let call = Asterisk::new().sound("demo-instruct", std::time::Duration::from_secs(3)).keys("2").run(script);
/// assert_eq!(call.variable("QUEUE"), Some("support".into()));
/// ```
///
/// A caller who has the menu repeated, or goes to and fro between menus, 50 times, gives up as well.
///
/// Choices may be closures ([`action`](Menu::action), [`run`](Menu::run)) and other menus ([`menu`](Menu::menu)).
///
/// # On the wire
/// The prompt's parts, each stopped by any key; the last sound by GET OPTION, which also waits:
/// `GET OPTION "sound" "0123456789*#ABCD" 5000`.
pub struct Menu<'a, T> {
    prompt: Prompt<'a>,
    choices: Vec<(char, Choice<'a, T>)>,
    repeat: Option<char>,
    back: Option<char>,
    by_default: Option<T>,
    silence: Prompt<'a>,
    invalid: Prompt<'a>,
    give_up: Prompt<'a>,
    timeout: Duration,
    tries: u32,
}

enum Choice<'a, T> {
    Value(T),
    Menu(Menu<'a, T>),
}

impl<'a, T> Menu<'a, T> {
    /// A menu that says this, without choices yet.
    pub fn new(prompt: impl Into<Prompt<'a>>) -> Self {
        Menu {
            prompt: prompt.into(),
            choices: Vec::new(),
            repeat: None,
            back: None,
            by_default: None,
            silence: Prompt::new(),
            invalid: Prompt::new(),
            give_up: Prompt::new(),
            timeout: Duration::from_secs(5),
            tries: 3,
        }
    }

    /// This key gives this. (The first choice of a key counts.)
    #[must_use]
    pub fn choice(mut self, key: char, value: T) -> Self {
        self.choices.push((key, Choice::Value(value)));
        self
    }

    /// This key leads to another menu. Its [back key](Menu::back_key) leads here again.
    #[must_use]
    pub fn menu(mut self, key: char, menu: Menu<'a, T>) -> Self {
        self.choices.push((key, Choice::Menu(menu)));
        self
    }

    /// This key says the menu again.
    #[must_use]
    pub fn repeat_key(mut self, key: char) -> Self {
        self.repeat = Some(key);
        self
    }

    /// This key leads back to the menu before, out of the first one: [`Answer::Cancelled`].
    #[must_use]
    pub fn back_key(mut self, key: char) -> Self {
        self.back = Some(key);
        self
    }

    /// What a caller gets who presses no key, at once: he is not asked again.
    #[must_use]
    pub fn by_default(mut self, value: T) -> Self {
        self.by_default = Some(value);
        self
    }

    /// What is said to a caller who pressed no key, before the menu is said again.
    #[must_use]
    pub fn silence(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.silence = prompt.into();
        self
    }

    /// What is said of a key that the menu does not have.
    #[must_use]
    pub fn invalid(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.invalid = prompt.into();
        self
    }

    /// What is said at the end, when no try brought a choice.
    #[must_use]
    pub fn give_up(mut self, prompt: impl Into<Prompt<'a>>) -> Self {
        self.give_up = prompt.into();
        self
    }

    /// How long to wait for a key, from the prompt's end on; five seconds by default.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        // Asterisk takes 0 for a time of its own.
        self.timeout = time.max(Duration::from_millis(1));
        self
    }

    /// How often to ask at most; 3 by default, and at least once. Menus in this one count for themselves.
    #[must_use]
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries.max(1);
        self
    }

    /// Asks, and gives what was chosen.
    ///
    /// # Errors
    /// [`Error::Hangup`] when the call is over, wherever that was; [`Error::Failed`] for a sound that is not there; those
    /// of the commands.
    pub fn ask(&self, agi: &mut Session) -> Result<Answer<&T>> {
        self.ask_within(agi, &mut ROUNDS.clone())
    }

    /// The sounds that it and the menus in it may need.
    #[must_use]
    pub fn sounds(&self) -> Sounds {
        let own = [&self.prompt, &self.silence, &self.invalid, &self.give_up];
        let own = own.into_iter().fold(Sounds::new(), Sounds::and);
        self.choices.iter().fold(own, |sounds, (_, choice)| match choice {
            Choice::Value(_) => sounds,
            Choice::Menu(menu) => sounds.and(menu.sounds()),
        })
    }

    fn ask_within(&self, agi: &mut Session, rounds: &mut u32) -> Result<Answer<&T>> {
        let nothing = Prompt::new();
        let (mut said, mut left) = (&nothing, self.tries);
        loop {
            *rounds = rounds.saturating_sub(1);
            let parts: Vec<&Part<'_>> =
                [said, &self.prompt].into_iter().flat_map(Prompt::parts).collect();
            let key = one_key(agi, &parts, self.timeout)?;
            said = &nothing;
            let miss = match key {
                None => match &self.by_default {
                    Some(value) => return Ok(Answer::Given(value)),
                    None => {
                        said = &self.silence;
                        Miss::Silence
                    }
                },
                Some(key) => match self.choices.iter().find(|(of, _)| *of == key) {
                    Some((_, Choice::Value(value))) => return Ok(Answer::Given(value)),
                    Some((_, Choice::Menu(menu))) => match menu.ask_within(agi, rounds)? {
                        // Back here. That is no try.
                        Answer::Cancelled if *rounds > 0 => continue,
                        Answer::Cancelled => Miss::Wrong,
                        answer => return Ok(answer),
                    },
                    None if self.repeat == Some(key) && *rounds > 0 => continue,
                    None if self.repeat == Some(key) => Miss::Wrong,
                    None if self.back == Some(key) => return Ok(Answer::Cancelled),
                    None => {
                        said = &self.invalid;
                        Miss::Wrong
                    }
                },
            };
            left = left.saturating_sub(1);
            if left == 0 || *rounds == 0 {
                said.play(agi)?;
                self.give_up.play(agi)?;
                return Ok(Answer::GaveUp(miss));
            }
        }
    }
}

impl<'a> Menu<'a, bool> {
    /// Yes or no: 1 gives `true`, 2 gives `false`.
    ///
    /// ```
    /// # use agikit::ivr::{Answer, Menu, Prompt};
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// let right = Prompt::from("you-entered").digits("1001").sound("vm-star-cancel");
    /// if Menu::confirm(right).ask(agi)?.cloned() == Answer::Given(true) {
    ///     agi.stream_file("auth-thankyou")?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn confirm(prompt: impl Into<Prompt<'a>>) -> Self {
        Menu::new(prompt).choice('1', true).choice('2', false)
    }
}

impl<'a, E: From<Error>> Menu<'a, Action<'a, E>> {
    /// This key does this.
    ///
    /// ```
    /// # use agikit::ivr::Menu;
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// let menu = Menu::new("demo-instruct")
    ///     .action('1', |agi| agi.exec("Dial", "PJSIP/sales,30").map(drop))
    ///     .action('2', |agi| agi.stream_file("demo-moreinfo").map(drop));
    /// menu.run(agi)?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn action(self, key: char, does: impl Fn(&mut Session) -> Result<(), E> + 'a) -> Self {
        self.choice(key, Box::new(does))
    }

    /// Asks, and does what was chosen.
    ///
    /// # Errors
    /// Those of [`ask`](Menu::ask), and what the action gives.
    pub fn run(&self, agi: &mut Session) -> Result<Answer<()>, E> {
        match self.ask(agi)? {
            Answer::Given(does) => does(agi).map(Answer::Given),
            Answer::Cancelled => Ok(Answer::Cancelled),
            Answer::GaveUp(miss) => Ok(Answer::GaveUp(miss)),
        }
    }
}

impl<T> fmt::Debug for Menu<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: String = self.choices.iter().map(|(key, _)| key).collect();
        f.debug_struct("Menu")
            .field("prompt", &self.prompt)
            .field("keys", &keys)
            .finish_non_exhaustive()
    }
}
