package cell

// The predeclared types under names that other packages can reach. A struct
// that embeds int has a field called int; in a compiled cell it embeds the alias
// instead, so that the field can be named in the cells that follow.
type (
	𐐀any        = any
	𐐀bool       = bool
	𐐀byte       = byte
	𐐀complex64  = complex64
	𐐀complex128 = complex128
	𐐀error      = error
	𐐀float32    = float32
	𐐀float64    = float64
	𐐀int        = int
	𐐀int8       = int8
	𐐀int16      = int16
	𐐀int32      = int32
	𐐀int64      = int64
	𐐀rune       = rune
	𐐀string     = string
	𐐀uint       = uint
	𐐀uint8      = uint8
	𐐀uint16     = uint16
	𐐀uint32     = uint32
	𐐀uint64     = uint64
	𐐀uintptr    = uintptr
)
