package thesis

import "glassy/lab/run"

// concurrently calls f with 0 … n−1 on all threads; each call's result must have a
// place of its own. It stops early, with the context's error, when the context is
// done.
func concurrently(set settings, n int, f func(i int)) error {
	run.Share(0, n, func(_, i int) {
		if set.ctx.Err() == nil {
			f(i)
		}
	})
	return set.ctx.Err()
}
