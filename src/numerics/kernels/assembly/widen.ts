// Exact conversions to float32; ../plain/widen.ts says how the bits are read. Each takes `count` elements, a block at a time and the rest one by one.

/** Four float16 patterns, each in the low half of a 32-bit lane. */
function half4(h: v128): v128 {
  const rest = v128.and(h, i32x4.splat(0x7fff));
  const sign = i32x4.shl(v128.and(h, i32x4.splat(0x8000)), 16);
  const shifted = i32x4.shl(rest, 13);
  const normal = i32x4.add(shifted, i32x4.splat(112 << 23));
  const infinite = v128.or(shifted, i32x4.splat(0x7f800000));
  const subnormal = f32x4.sub(v128.or(shifted, i32x4.splat(113 << 23)), f32x4.splat(0.00006103515625));
  const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(rest, i32x4.splat(0x0400)));
  return v128.or(sign, v128.bitselect(infinite, finite, i32x4.gt_s(rest, i32x4.splat(0x7bff))));
}

/** Four float8 e4m3 patterns, each in the low byte of a 32-bit lane. */
function e4m3x4(x: v128): v128 {
  const rest = v128.and(x, i32x4.splat(0x7f));
  const sign = i32x4.shl(v128.and(x, i32x4.splat(0x80)), 24);
  const shifted = i32x4.shl(rest, 20);
  const normal = i32x4.add(shifted, i32x4.splat(120 << 23));
  const subnormal = f32x4.sub(v128.or(shifted, i32x4.splat(121 << 23)), f32x4.splat(0.015625));
  const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(rest, i32x4.splat(8)));
  return v128.or(sign, v128.bitselect(i32x4.splat(0x7fc00000), finite, i32x4.eq(rest, i32x4.splat(0x7f))));
}

/**
 * Four float8 patterns of the fnuz kinds, each in the low byte of a 32-bit lane: `shift` brings the fraction to its place, `offset` is the difference of the biases.
 * Neither infinities nor −0, whose pattern is the only NaN.
 */
function fnuzx4(x: v128, shift: i32, offset: i32, least: f32): v128 {
  const rest = v128.and(x, i32x4.splat(0x7f));
  const sign = i32x4.shl(v128.and(x, i32x4.splat(0x80)), 24);
  const shifted = i32x4.shl(rest, shift);
  const normal = i32x4.add(shifted, i32x4.splat(offset << 23));
  const subnormal = f32x4.sub(v128.or(shifted, i32x4.splat((offset + 1) << 23)), f32x4.splat(least));
  const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(rest, i32x4.splat(1 << (23 - shift))));
  return v128.bitselect(i32x4.splat(0x7fc00000), v128.or(sign, finite), i32x4.eq(x, i32x4.splat(0x80)));
}

export function widenBf16(out: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const h = v128.load(source);
    const zero = i32x4.splat(0);
    v128.store(out, v128.shuffle<i16>(zero, h, 0, 8, 0, 9, 0, 10, 0, 11));
    v128.store(out, v128.shuffle<i16>(zero, h, 0, 12, 0, 13, 0, 14, 0, 15), 16);
    source += 16;
    out += 32;
  }
  for (; i < count; i++) {
    store<u32>(out, (<u32>load<u16>(source)) << 16);
    source += 2;
    out += 4;
  }
}

export function widenF16(out: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const h = v128.load(source);
    v128.store(out, half4(i32x4.extend_low_i16x8_u(h)));
    v128.store(out, half4(i32x4.extend_high_i16x8_u(h)), 16);
    source += 16;
    out += 32;
  }
  for (; i < count; i++) {
    store<i32>(out, i32x4.extract_lane(half4(i32x4.splat(<i32>load<u16>(source))), 0));
    source += 2;
    out += 4;
  }
}

export function widenE5m2(out: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const h = i16x8.shl(i16x8.extend_low_i8x16_u(v128.load64_zero(source)), 8);
    v128.store(out, half4(i32x4.extend_low_i16x8_u(h)));
    v128.store(out, half4(i32x4.extend_high_i16x8_u(h)), 16);
    source += 8;
    out += 32;
  }
  for (; i < count; i++) {
    store<i32>(out, i32x4.extract_lane(half4(i32x4.splat((<i32>load<u8>(source)) << 8)), 0));
    source += 1;
    out += 4;
  }
}

export function widenE4m3(out: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const h = i16x8.extend_low_i8x16_u(v128.load64_zero(source));
    v128.store(out, e4m3x4(i32x4.extend_low_i16x8_u(h)));
    v128.store(out, e4m3x4(i32x4.extend_high_i16x8_u(h)), 16);
    source += 8;
    out += 32;
  }
  for (; i < count; i++) {
    store<i32>(out, i32x4.extract_lane(e4m3x4(i32x4.splat(<i32>load<u8>(source))), 0));
    source += 1;
    out += 4;
  }
}

export function widenE4m3fnuz(out: usize, source: usize, count: i32): void {
  widenFnuz(out, source, count, 20, 119, 0.0078125);
}

export function widenE5m2fnuz(out: usize, source: usize, count: i32): void {
  widenFnuz(out, source, count, 21, 111, 0.000030517578125);
}

function widenFnuz(out: usize, source: usize, count: i32, shift: i32, offset: i32, least: f32): void {
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const h = i16x8.extend_low_i8x16_u(v128.load64_zero(source));
    v128.store(out, fnuzx4(i32x4.extend_low_i16x8_u(h), shift, offset, least));
    v128.store(out, fnuzx4(i32x4.extend_high_i16x8_u(h), shift, offset, least), 16);
    source += 8;
    out += 32;
  }
  for (; i < count; i++) {
    store<i32>(out, i32x4.extract_lane(fnuzx4(i32x4.splat(<i32>load<u8>(source)), shift, offset, least), 0));
    source += 1;
    out += 4;
  }
}

/** out := scale·q + offset in float64, rounded once; never fused, so that every set gives the same bits. */
export function widenAffine(out: usize, source: usize, count: i32, signed: bool, scale: f64, offset: f64): void {
  const factor = f64x2.splat(scale);
  const added = f64x2.splat(offset);
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const bytes = v128.load64_zero(source);
    const h = signed ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_low_i8x16_u(bytes);
    affine4(out, i32x4.extend_low_i16x8_s(h), factor, added);
    affine4(out + 16, i32x4.extend_high_i16x8_s(h), factor, added);
    source += 8;
    out += 32;
  }
  for (; i < count; i++) {
    const code: f64 = signed ? <f64>load<i8>(source) : <f64>load<u8>(source);
    store<f32>(out, <f32>(code * scale + offset));
    source += 1;
    out += 4;
  }
}

function affine4(out: usize, codes: v128, factor: v128, added: v128): void {
  const low = f64x2.convert_low_i32x4_s(codes);
  const high = f64x2.convert_low_i32x4_s(v128.shuffle<i64>(codes, codes, 1, 1));
  const x = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(low, factor), added));
  const y = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(high, factor), added));
  v128.store(out, v128.shuffle<i64>(x, y, 0, 2));
}

export function widenI8(out: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const h = i16x8.extend_low_i8x16_s(v128.load64_zero(source));
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(h)));
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(h)), 16);
    source += 8;
    out += 32;
  }
  for (; i < count; i++) {
    store<f32>(out, <f32>load<i8>(source));
    source += 1;
    out += 4;
  }
}

export function widenU8(out: usize, source: usize, count: i32): void {
  let i: i32 = 0;
  for (; i + 7 < count; i += 8) {
    const h = i16x8.extend_low_i8x16_u(v128.load64_zero(source));
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(h)));
    v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(h)), 16);
    source += 8;
    out += 32;
  }
  for (; i < count; i++) {
    store<f32>(out, <f32>load<u8>(source));
    source += 1;
    out += 4;
  }
}
