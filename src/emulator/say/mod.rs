//! What the SAY commands play, sound by sound.
