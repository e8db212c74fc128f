//go:build !cuda

package cuda

import (
	"errors"

	"glassy/lab/device"
)

var errNotBuilt = errors.New("this program was built without CUDA: build it with -tags cuda and gcc (./install.sh does, where gcc is)")

func init() {
	device.Register("cuda", func(int) (device.Device, error) { return nil, errNotBuilt })
}
