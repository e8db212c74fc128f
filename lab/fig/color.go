package fig

// Color is an opaque colour, 0xRRGGBB.
type Color uint32

// The palette of Okabe and Ito, Color Universal Design (2008): told apart with
// any kind of colour vision, and in print.
const (
	Black      Color = 0x000000
	Orange     Color = 0xE69F00
	SkyBlue    Color = 0x56B4E9
	Green      Color = 0x009E73
	Yellow     Color = 0xF0E442
	Blue       Color = 0x0072B2
	Vermillion Color = 0xD55E00
	Purple     Color = 0xCC79A7
	Gray       Color = 0x666666 // for what supports the data: marks, guides
)

// cycle is the order in which curves take colours: strong ones first, so that
// few curves look well apart. Yellow is left out: too light on white.
var cycle = [...]Color{Blue, Vermillion, Green, Purple, Orange, SkyBlue, Black}

// RGBA implements color.Color.
func (c Color) RGBA() (r, g, b, a uint32) {
	r, g, b = uint32(c>>16&0xFF), uint32(c>>8&0xFF), uint32(c&0xFF)
	return r * 0x101, g * 0x101, b * 0x101, 0xFFFF
}

// tint mixes the colour with white: share 1 is the colour itself, 0 white.
func (c Color) tint(share float64) Color {
	mix := func(shift uint) Color {
		v := 255 - share*(255-float64(c>>shift&0xFF))
		return Color(v+0.5) << shift
	}
	return mix(16) | mix(8) | mix(0)
}
