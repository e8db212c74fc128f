package mock

import ("testing";"time")

func TestBuild(t *testing.T) {
	s := time.Now()
	p, err := Build("/tmp/twin/cache")
	t.Log(p, err, time.Since(s))
	s = time.Now()
	Build("/tmp/twin/cache")
	t.Log(time.Since(s))
}
