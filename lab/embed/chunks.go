package embed

import "glassy/lab/run"

// chunks runs f(0) … f(tasks-1) on all threads. How work is cut into tasks must
// depend on its shape alone: then its result does not depend on the number of
// threads.
func chunks(tasks int, f func(task int)) { run.Share(0, tasks, func(_, i int) { f(i) }) }

// split cuts 0..n-1 into pieces of at most size and runs f on each.
func split(n, size int, f func(from, to int)) {
	chunks((n+size-1)/size, func(c int) { f(c*size, min(n, (c+1)*size)) })
}
