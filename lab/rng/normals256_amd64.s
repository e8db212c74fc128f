//go:build !amd64.v3 && !purego

#include "textflag.h"

// Constant i of lanes.
#define C(i) (64*i)(DX)

// AVX2: four numbers.
#define LANES 4
#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define V10 Y10
#define V11 Y11
#define V12 Y12
#define V13 Y13
#define V14 Y14
#define V15 Y15

#define LOAD(from, to)      VMOVDQU from, to
#define XOR(a, b, to)       VPXOR a, b, to
#define OR(a, b, to)        VPOR a, b, to
#define ODDS(odd, even, to) VPBLENDD $0xAA, odd, even, to // 32 bits from here and from there
#define MASK(t)                                           // t is one for SELECT, by its signs
#define SELECT(t, a, b, to) VBLENDVPD t, a, b, to         // a where it is set, b elsewhere

// Numbers 0 and 1 of one block after another.
#define PAIRS(s, c, a, b, place) \
	VUNPCKLPD  s, c, a       \
	VUNPCKHPD  s, c, b       \
	VPERM2F128 $0x20, b, a, s \
	VPERM2F128 $0x31, b, a, c \
	VMOVUPD    s, place(DI)   \
	VMOVUPD    c, (place+8*LANES)(DI)

#include "normals_amd64.h"

// func normals256(dst *float64, groups int, first uint64, keys *[20]uint64, c *[len(lanes)][8]uint64)
TEXT ·normals256(SB), NOSPLIT, $0-40
	NORMALS
