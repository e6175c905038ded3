//! Medians, quartiles, and ratios within a round.

/// Where the middle of some values is, and the middle half of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quartiles {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

impl Quartiles {
    /// Of at least one value, in any order.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Quartiles> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Some(Quartiles {
            lower: at(&values, 0.25)?,
            median: at(&values, 0.5)?,
            upper: at(&values, 0.75)?,
        })
    }
}

/// The value at a part of the way through sorted ones; between two of them, in proportion.
fn at(sorted: &[f64], part: f64) -> Option<f64> {
    let place = part * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(below + (above - below) * place.fract())
}

pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    Quartiles::of(values).map(|quartiles| quartiles.median)
}

/// The median of the rounds' ratios. Whatever slowed a whole round does not count. A round that one of them has no
/// value of is left out.
pub(crate) fn ratio(values: &[Option<f64>], to: &[Option<f64>]) -> Option<f64> {
    median(values.iter().zip(to).filter_map(|(value, to)| Some((*value)? / (*to)?)))
}
