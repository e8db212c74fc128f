package fig

import (
	"image/color"
	"math"
	"sync"
)

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

// faded is the colour seen through: areas that overlap mix.
func (c Color) faded(opacity float64) color.NRGBA {
	return color.NRGBA{R: uint8(c >> 16), G: uint8(c >> 8), B: uint8(c), A: uint8(opacity*255 + 0.5)}
}

// scaleColor is the colour of a number: 0 the least, dark blue, 1 the most,
// light yellow. Equal steps look equally large and lightness only rises, so it
// can be read in print and with any kind of colour vision.
func scaleColor(t float64) color.NRGBA {
	table := colorScale()
	i := math.Round(t * float64(len(table)-1))
	return table[int(math.Max(0, math.Min(i, float64(len(table)-1))))]
}

// colorScale is a path through OKLab (Ottosson, 2020), in which distance is
// perceived difference: straight in lightness and from blue to yellow, with a
// bow through green, walked at constant speed.
var colorScale = sync.OnceValue(func() *[256]color.NRGBA {
	path := func(t float64) [3]float64 {
		return [3]float64{0.30 + 0.62*t, -0.074*math.Sin(math.Pi*t) - 0.035*t, -0.115 + 0.275*t}
	}
	const fine = 4096
	length := make([]float64, fine+1)
	for i := 1; i <= fine; i++ {
		a, b := path(float64(i-1)/fine), path(float64(i)/fine)
		length[i] = length[i-1] + math.Hypot(math.Hypot(b[0]-a[0], b[1]-a[1]), b[2]-a[2])
	}
	var table [256]color.NRGBA
	at := 0
	for i := range table {
		for length[at] < length[fine]*float64(i)/255 {
			at++
		}
		r, g, b := srgb(path(float64(at) / fine))
		table[i] = color.NRGBA{R: channel(r), G: channel(g), B: channel(b), A: 255}
	}
	return &table
})

// srgb takes OKLab to linear sRGB.
func srgb(lab [3]float64) (r, g, b float64) {
	cube := func(x float64) float64 { return x * x * x }
	l := cube(lab[0] + 0.3963377774*lab[1] + 0.2158037573*lab[2])
	m := cube(lab[0] - 0.1055613458*lab[1] - 0.0638541728*lab[2])
	s := cube(lab[0] - 0.0894841775*lab[1] - 1.2914855480*lab[2])
	return 4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s
}

// channel is the 8-bit value of a linear intensity from 0 to 1 (IEC 61966-2-1).
func channel(v float64) uint8 {
	v = math.Max(0, math.Min(v, 1))
	if v <= 0.0031308 {
		v *= 12.92
	} else {
		v = 1.055*math.Pow(v, 1/2.4) - 0.055
	}
	return uint8(v*255 + 0.5)
}
