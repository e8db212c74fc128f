package wiretest

import (
	"github.com/google/uuid"

	"glassy/kernel/wire"
)

// Local is a connection on free local tcp ports with a random key. The ports
// are known once a kernel has bound them.
func Local() wire.Connection {
	return wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: uuid.NewString(), SignatureScheme: "hmac-sha256"}
}
