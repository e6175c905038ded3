//! A call's sound, made: for benches that need no real speech.

/// Two seconds: the noise of a line, and behind a second of it a voice of many tones upon it.
pub(crate) fn call(rate: u32) -> Vec<i16> {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 16) / 65_536.0 - 0.5
    };
    let voice = |time: f64| {
        let pitch = 120.0 + 20.0 * (time * 3.0).sin();
        let tones = (1..=12).map(|n| (time * pitch * f64::from(n) * std::f64::consts::TAU).sin());
        tones.sum::<f64>() / 12.0 * (0.6 + 0.4 * (time * 25.0).sin())
    };
    (0..rate * 2)
        .map(|at| {
            let time = f64::from(at) / f64::from(rate);
            let loud = if time >= 1.0 { 8000.0 * voice(time) } else { 0.0 };
            (loud + 100.0 * noise()) as i16
        })
        .collect()
}
