//! Every command once, with its required arguments: as a value, as a method, and as it is written.

use std::time::{Duration, UNIX_EPOCH};

use agikit::*;

/// One of the 47 commands.
#[derive(Clone, Copy)]
pub struct Sample {
    pub words: &'static str,
    /// The line, without its line feed.
    pub line: &'static str,
    /// A reply that the command reads, without its line feed.
    pub reply: &'static str,
    /// Runs the command's value and drops what it gives.
    pub run: fn(&mut Session) -> Result,
    /// Runs the session's method.
    pub method: fn(&mut Session) -> Result,
    /// Runs the value and shows what it gives.
    pub show: fn(&mut Session) -> Result<String>,
    /// Sends it and does not wait for the reply.
    pub start: fn(&mut Session) -> Result,
}

impl Sample {
    pub fn dead(&self) -> bool {
        CATALOGUE.iter().any(|spec| spec.words == self.words && spec.dead)
    }

    /// The command itself allocates: its reply carries text.
    pub fn gives_text(&self) -> bool {
        [
            "DATABASE GET",
            "GET DATA",
            "GET FULL VARIABLE",
            "GET VARIABLE",
            "RECEIVE TEXT",
            "SPEECH RECOGNIZE",
        ]
        .contains(&self.words)
    }
}

pub fn sample(words: &str) -> Sample {
    ALL.into_iter().find(|sample| sample.words == words).unwrap()
}

macro_rules! samples {
    ($($line:literal $reply:literal $command:ident.$method:ident($($argument:expr),*);)*) => {
        pub static ALL: [Sample; 47] = [$(Sample {
            words: command::$command::SPEC.words,
            line: $line,
            reply: $reply,
            run: |session| session.run(command::$command::new($($argument),*)).map(drop),
            method: |session| session.$method($($argument),*).map(drop),
            show: |session| session
                .run(command::$command::new($($argument),*))
                .map(|reply| format!("{reply:?}")),
            start: |session| session.start(command::$command::new($($argument),*)).map(drop),
        }),*];
    };
}

const SECOND: Duration = Duration::from_secs(1);

samples! {
    "ANSWER" "200 result=0" Answer.answer();
    "ASYNCAGI BREAK" "200 result=0" AsyncagiBreak.asyncagi_break();
    "CHANNEL STATUS" "200 result=6" ChannelStatus.channel_status();
    r#"CONTROL STREAM FILE "f" """# "200 result=0 endpos=-1" ControlStreamFile.control_stream_file("f");
    r#"DATABASE DEL "f" "k""# "200 result=1" DatabaseDel.database_del("f", "k");
    r#"DATABASE DELTREE "f""# "200 result=0" DatabaseDeltree.database_deltree("f");
    r#"DATABASE GET "f" "k""# "200 result=1 (v)" DatabaseGet.database_get("f", "k");
    r#"DATABASE PUT "f" "k" "v""# "200 result=1" DatabasePut.database_put("f", "k", "v");
    r#"EXEC "NoOp" "a,b""# "200 result=0" Exec.exec("NoOp", "a,b");
    r#"GET DATA "f" 0 1023"# "200 result=0042" GetData.get_data("f");
    r#"GET FULL VARIABLE "${X}""# "200 result=1 (v)" GetFullVariable.get_full_variable("${X}");
    r#"GET OPTION "f" "12" 5000"# "200 result=49 endpos=7360" GetOption.get_option("f", "12");
    r#"GET VARIABLE "X""# "200 result=1 (v)" GetVariable.get_variable("X");
    r#"GOSUB "c" "e" 1"# "200 result=0 Gosub complete" Gosub.gosub("c", "e", 1);
    "HANGUP" "200 result=1" Hangup.hangup();
    "NOOP" "200 result=0" Noop.noop();
    "RECEIVE CHAR 1000" "200 result=65" ReceiveChar.receive_char(SECOND);
    "RECEIVE TEXT 1000" "200 result=1 (hi)" ReceiveText.receive_text(SECOND);
    r##"RECORD FILE "f" "wav" "#" 1000"## "200 result=35 (dtmf) endpos=8000" RecordFile.record_file("f", "wav", "#", SECOND);
    r#"SAY ALPHA "ab" """# "200 result=0" SayAlpha.say_alpha("ab");
    r#"SAY DATE 0 """# "200 result=0" SayDate.say_date(UNIX_EPOCH);
    r#"SAY DATETIME 0 """# "200 result=0" SayDatetime.say_datetime(UNIX_EPOCH);
    r#"SAY DIGITS "042" """# "200 result=0" SayDigits.say_digits("042");
    r#"SAY NUMBER -5 """# "200 result=0" SayNumber.say_number(-5);
    r#"SAY PHONETIC "ab" """# "200 result=0" SayPhonetic.say_phonetic("ab");
    r#"SAY TIME 0 """# "200 result=0" SayTime.say_time(UNIX_EPOCH);
    r#"SEND IMAGE "i""# "200 result=0" SendImage.send_image("i");
    r#"SEND TEXT "hi""# "200 result=0" SendText.send_text("hi");
    "SET AUTOHANGUP 1" "200 result=0" SetAutohangup.set_autohangup(SECOND);
    r#"SET CALLERID "1234""# "200 result=1" SetCallerid.set_callerid("1234");
    r#"SET CONTEXT "c""# "200 result=0" SetContext.set_context("c");
    r#"SET EXTENSION "e""# "200 result=0" SetExtension.set_extension("e");
    "SET MUSIC on" "200 result=0" SetMusic.set_music(true);
    "SET PRIORITY 1" "200 result=0" SetPriority.set_priority(1);
    r#"SET VARIABLE "X" "v""# "200 result=1" SetVariable.set_variable("X", "v");
    r#"SPEECH ACTIVATE GRAMMAR "g""# "200 result=1" SpeechActivateGrammar.speech_activate_grammar("g");
    "SPEECH CREATE" "200 result=1" SpeechCreate.speech_create();
    r#"SPEECH DEACTIVATE GRAMMAR "g""# "200 result=1" SpeechDeactivateGrammar.speech_deactivate_grammar("g");
    "SPEECH DESTROY" "200 result=1" SpeechDestroy.speech_destroy();
    r#"SPEECH LOAD GRAMMAR "g" "/p""# "200 result=1" SpeechLoadGrammar.speech_load_grammar("g", "/p");
    r#"SPEECH RECOGNIZE "f" 1"# "200 result=1 (speech) endpos=0 results=1 score0=87 text0=\"hello world\" grammar0=g" SpeechRecognize.speech_recognize("f", SECOND);
    r#"SPEECH SET "n" "v""# "200 result=1" SpeechSet.speech_set("n", "v");
    r#"SPEECH UNLOAD GRAMMAR "g""# "200 result=1" SpeechUnloadGrammar.speech_unload_grammar("g");
    r#"STREAM FILE "f" """# "200 result=49 endpos=7360" StreamFile.stream_file("f");
    "TDD MODE on" "200 result=1" TddMode.tdd_mode(TddSwitch::On);
    r#"VERBOSE "hi""# "200 result=1" Verbose.verbose("hi");
    "WAIT FOR DIGIT 1000" "200 result=49" WaitForDigit.wait_for_digit(SECOND);
}
