package lab_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/oracletest"
)

// TestOracles holds the laboratory against the file named by GLASSY_ORACLES, or
// testdata/oracles.json. testdata/missing.txt lists the names of the committed
// file that the laboratory does not compute yet. The list can only shrink: a
// name on it must not be implemented, and a name off it must be.
func TestOracles(t *testing.T) {
	const committed = "testdata/oracles.json"
	path := os.Getenv("GLASSY_ORACLES")
	if path == "" {
		path = committed
	}
	list, err := os.ReadFile("testdata/missing.txt")
	if err != nil {
		t.Fatal(err)
	}
	missing := strings.Fields(string(list))
	oracletest.Run(t, path, missing, device.CPU())

	// The list names nothing that the committed file does not ask for, so it
	// cannot be padded.
	asked := oracletest.Names(t, committed)
	for _, name := range missing {
		switch {
		case oracletest.Computes(name):
			t.Errorf("%s is implemented: take it off testdata/missing.txt", name)
		case !slices.Contains(asked, name):
			t.Errorf("testdata/missing.txt: %s is no oracle of %s", name, committed)
		}
	}
	if len(missing) > 0 {
		t.Logf("of chapters still to come (testdata/missing.txt, which may only shrink): %d of %d names: %s", len(missing), len(asked), strings.Join(missing, " "))
	}
}
