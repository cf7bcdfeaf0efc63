//! Rows: what was measured, several times, as a table for people or as lines of JSON.

use serde_json::{Map, Value, json};

/// One run's figures, by name with unit.
pub(crate) type Figures = Vec<(&'static str, f64)>;

/// Prints rows as they come.
pub(crate) struct Report {
    json: bool,
    workload: &'static str,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, workload: "" }
    }

    /// What is going on, for whoever waits.
    pub(crate) fn note(&self, text: &str) {
        eprintln!("   {text}");
    }

    /// One row: medians, and in brackets the least and the most.
    pub(crate) fn row(&mut self, workload: &'static str, case: &str, runs: &[Figures]) {
        let names: Vec<&str> = runs[0].iter().map(|(name, _)| *name).collect();
        let spread = |at: usize| {
            let mut all: Vec<f64> = runs.iter().map(|run| run[at].1).collect();
            all.sort_by(f64::total_cmp);
            (all[all.len() / 2], all[0], all[all.len() - 1])
        };
        if self.json {
            let mut figures = Map::new();
            for (at, name) in names.iter().enumerate() {
                let (median, least, most) = spread(at);
                figures.insert(
                    (*name).to_owned(),
                    json!({"median": median, "least": least, "most": most}),
                );
            }
            let row = json!({
                "workload": workload,
                "case": case,
                "runs": runs.len(),
                "figures": Value::Object(figures),
            });
            println!("{row}");
            return;
        }
        if self.workload != workload {
            println!("\n== {workload}");
            self.workload = workload;
        }
        println!("{case}");
        for (at, name) in names.iter().enumerate() {
            let (median, least, most) = spread(at);
            if runs.len() > 1 {
                println!(
                    "   {name:<34} {:>12}   ({} to {})",
                    figure(median),
                    figure(least),
                    figure(most)
                );
            } else {
                println!("   {name:<34} {:>12}", figure(median));
            }
        }
    }
}

fn figure(value: f64) -> String {
    let digits = match value.abs() {
        x if x >= 100.0 => 0,
        x if x >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}

/// The value below which this part of the sorted values lies.
pub(crate) fn percentile(sorted: &[u32], part: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let at = (sorted.len() as f64 * part) as usize;
    f64::from(sorted[at.min(sorted.len() - 1)])
}
