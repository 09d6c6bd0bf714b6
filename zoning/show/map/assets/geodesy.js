"use strict";
/* Figures of the ground: Gauss–Krüger coordinates, lengths and areas, and the datum of web maps. */

var zoningGeodesy = (function () {
  var A = 6378137, F = 1 / 298.257222101, N = F / (2 - F), RAD = Math.PI / 180; // CGCS2000
  var RADIUS = A / (1 + N) * (1 + N * N / 4 + Math.pow(N, 4) / 64);
  var ALPHA = [
    N / 2 - 2 * N * N / 3 + 5 * Math.pow(N, 3) / 16 + 41 * Math.pow(N, 4) / 180,
    13 * N * N / 48 - 3 * Math.pow(N, 3) / 5 + 557 * Math.pow(N, 4) / 1440,
    61 * Math.pow(N, 3) / 240 - 103 * Math.pow(N, 4) / 140,
    49561 * Math.pow(N, 4) / 161280
  ];

  /* Northing and easting on a central meridian, by Krüger's series to the fourth power of n. */
  function forward(lat, lon, meridian) {
    var s = Math.sin(lat * RAD), d = (lon - meridian) * RAD, k = 2 * Math.sqrt(N) / (1 + N);
    var t = Math.sinh(Math.atanh(s) - k * Math.atanh(k * s));
    var xi = Math.atan2(t, Math.cos(d)), eta = Math.asinh(Math.sin(d) / Math.hypot(t, Math.cos(d)));
    var x = xi, y = eta;
    ALPHA.forEach(function (a, i) {
      var j = 2 * (i + 1);
      x += a * Math.sin(j * xi) * Math.cosh(j * eta);
      y += a * Math.cos(j * xi) * Math.sinh(j * eta);
    });
    return [RADIUS * x, RADIUS * y];
  }
  /* The 3° zone of a place: its number, X to the north, Y to the east with the number in front. */
  function zone(lat, lon) {
    var number = Math.round(lon / 3), at = forward(lat, lon, 3 * number);
    return { zone: number, meridian: 3 * number, x: at[0], y: number * 1e6 + 5e5 + at[1] };
  }
  /* Lengths and areas in a plane on the meridian through the middle of what is measured. */
  function plane(points) {
    var lons = points.map(function (p) { return p.lng; });
    var middle = (Math.min.apply(null, lons) + Math.max.apply(null, lons)) / 2;
    return points.map(function (p) { return forward(p.lat, p.lng, middle); });
  }
  function length(points) {
    var total = 0;
    for (var i = 1; i < points.length; i++) {
      var xy = plane([points[i - 1], points[i]]);
      total += Math.hypot(xy[1][0] - xy[0][0], xy[1][1] - xy[0][1]);
    }
    return total;
  }
  function area(points) {
    var xy = plane(points), twice = 0;
    xy.forEach(function (p, i) {
      var q = xy[(i + 1) % xy.length];
      twice += p[0] * q[1] - q[0] * p[1];
    });
    return Math.abs(twice) / 2;
  }
  function degrees(value, places) {
    var seconds = Math.abs(value) * 3600, power = Math.pow(10, places);
    seconds = Math.round(seconds * power) / power;
    var d = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60, s = seconds % 60;
    function two(x, p) { var t = x.toFixed(p); return x < 10 ? "0" + t : t; }
    return d + "°" + two(m, 0) + "′" + two(s, places) + "″";
  }

  /* GCJ-02, the datum of some web maps: the published formula, and its inverse by iteration. */
  var KA = 6378245, KE = 0.00669342162296594323;
  function waves(v) { return 20 * Math.sin(v * Math.PI) + 40 * Math.sin(v / 3 * Math.PI); }
  function common(x) { return 20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI); }
  function toGcj(lat, lon) {
    if (lon < 72 || lon > 138 || lat < 0.8 || lat > 56) return [lat, lon];
    var x = lon - 105, y = lat - 35, root = Math.sqrt(Math.abs(x)), pi = Math.PI;
    var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root +
      (common(x) + waves(y)) * 2 / 3 + (160 * Math.sin(y / 12 * pi) + 320 * Math.sin(y * pi / 30)) * 2 / 3;
    var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root +
      (common(x) + waves(x)) * 2 / 3 + (150 * Math.sin(x / 12 * pi) + 300 * Math.sin(x / 30 * pi)) * 2 / 3;
    var s = Math.sin(lat * RAD), w2 = 1 - KE * s * s;
    var meridian = KA * (1 - KE) / (w2 * Math.sqrt(w2));
    var parallel = KA / Math.sqrt(w2) * Math.cos(lat * RAD);
    return [lat + north / meridian / RAD, lon + east / parallel / RAD];
  }
  function fromGcj(lat, lon) {
    var at = [lat, lon];
    for (var i = 0; i < 8; i++) {
      var back = toGcj(at[0], at[1]);
      at = [at[0] - (back[0] - lat), at[1] - (back[1] - lon)];
    }
    return at;
  }
  return {
    forward: forward, zone: zone, length: length, area: area, degrees: degrees,
    toGcj: toGcj, fromGcj: fromGcj
  };
})();
