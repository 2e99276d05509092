//! `date_default_timezone_set`: it counts where the application is asked for a time, and is left out elsewhere.

use super::tree::{Expr, ExprKind, File, StmtKind};

pub(super) fn file(file: &mut File) {
    let mut counts = false;
    for function in file.functions_mut() {
        for stmt in &mut function.body {
            stmt.each_with_closures(&mut |expr| counts |= asks_for_time(expr));
        }
    }
    if counts {
        return;
    }
    for function in file.functions_mut() {
        leave_out(&mut function.body);
    }
}

fn leave_out(body: &mut Vec<super::tree::Stmt>) {
    body.retain(|stmt| !matches!(&stmt.kind, StmtKind::Expr(expr) if sets_timezone(expr)));
    for stmt in body {
        for (body, _) in stmt.bodies_mut() {
            leave_out(body);
        }
    }
}

fn sets_timezone(expr: &Expr) -> bool {
    matches!(&*expr.kind, ExprKind::Foreign(foreign) if matches!(&*foreign.words, [word] if word == "date_default_timezone_set"))
}

fn asks_for_time(expr: &Expr) -> bool {
    let ExprKind::Foreign(foreign) = &*expr.kind else {
        return false;
    };
    let mut words = foreign.words.iter().map(|word| word.to_ascii_lowercase());
    words.any(|word| {
        let times = [
            "datetime",
            "carbon",
            "strtotime",
            "mktime",
            "strftime",
            "localtime",
        ];
        let of_class = times.iter().any(|time| word.contains(time));
        of_class
            || matches!(
                word.as_str(),
                "date" | "getdate" | "idate" | "date_create" | "now"
            )
    })
}
