// What axe does not see: words that are broken off at the end of a line, texts of drawings that are small or pale.
({ smallest, contrast }) => {
  const LONGEST = 24; // characters of a word; longer ones, as check sums, have to be broken
  const faults = [];
  const clipped = new Map(); // whether an element lies in a box of one pixel, for those who listen alone

  function isClipped(element) {
    if (!element) return false;
    if (!clipped.has(element)) {
      const isTiny = element.clientHeight <= 1 && getComputedStyle(element).overflow === "hidden";
      clipped.set(element, isTiny || isClipped(element.parentElement));
    }
    return clipped.get(element);
  }

  function shown(element) {
    return element.checkVisibility({ visibilityProperty: true }) && !isClipped(element);
  }

  function linesOf(node, from, to) {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return new Set([...range.getClientRects()].filter((rect) => rect.width).map((rect) => Math.round(rect.top))).size;
  }

  function brokenWords() {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walk.nextNode()); ) {
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest("svg, select, textarea, pre") || !shown(parent)) continue;
      const cell = parent.closest("td, th"); // where it is one; on a phone rows are running text
      const isColumn = cell && getComputedStyle(cell).display === "table-cell";
      const words = isColumn ? /\d{4}-\d{2}-\d{2}|[\p{Script=Latin}\d]+/gu : /[\p{Script=Latin}\d]+/gu;
      for (const { 0: word, index } of node.data.matchAll(words)) {
        if (word.length > 1 && word.length <= LONGEST && linesOf(node, index, index + word.length) > 1)
          faults.push(`broken: ${word} in ${node.data.trim().slice(0, 60)}`);
      }
      for (const { 0: word, index } of node.data.matchAll(/\p{Script=Han}{3,}/gu)) {
        if (parent.closest("th, td, dt, .btn") && linesOf(node, index, index + word.length) >= word.length)
          faults.push(`one character a line: ${word}`);
      }
    }
  }

  // Cells whose words stand out of them, over the next one.
  function tightCells() {
    for (const cell of document.querySelectorAll("td, th, dt, dd, .btn, h1, h2, h3, .menu-title, .brand")) {
      const { display, overflowX } = getComputedStyle(cell);
      if (shown(cell) && display !== "inline" && overflowX === "visible" && cell.scrollWidth > cell.clientWidth + 1)
        faults.push(`stands out of its cell: ${cell.textContent.trim().replace(/\s+/g, " ").slice(0, 60)}`);
    }
  }

  const lifted = new Map(); // whether an element lies above the page by intent

  function isLifted(element) {
    if (!element) return false;
    if (!lifted.has(element)) {
      const isAbove = ["sticky", "fixed", "absolute"].includes(getComputedStyle(element).position);
      lifted.set(element, isAbove || isLifted(element.parentElement));
    }
    return lifted.get(element);
  }

  // Where what an element holds is cut off or scrolls away: to the right and below.
  function edgeOf(element) {
    if (!element) return { right: Infinity, bottom: Infinity };
    const outer = edgeOf(element.parentElement);
    if (getComputedStyle(element).overflow === "visible") return outer;
    const own = element.getBoundingClientRect();
    return { right: Math.min(own.right, outer.right), bottom: Math.min(own.bottom, outer.bottom) };
  }

  // Texts that lie upon each other, but those that lie above the page by intent.
  function covered() {
    const rects = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walk.nextNode()); ) {
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest("svg, option") || !shown(parent) || isLifted(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const edge = edgeOf(parent);
      for (const rect of range.getClientRects()) {
        const [right, bottom] = [Math.min(rect.right, edge.right), Math.min(rect.bottom, edge.bottom)];
        if (right - rect.left > 2 && bottom > rect.top) rects.push({ left: rect.left, right, top: rect.top, bottom, node });
      }
    }
    rects.sort((a, b) => a.top - b.top);
    rects.forEach((rect, index) => {
      for (let next = index + 1; next < rects.length && rects[next].top < rect.bottom - 6; next++) {
        const other = rects[next];
        if (other.node !== rect.node && Math.min(rect.right, other.right) - Math.max(rect.left, other.left) > 3)
          faults.push(`upon each other: ${rect.node.data.trim().slice(0, 40)} / ${other.node.data.trim().slice(0, 40)}`);
      }
    });
  }

  function colour(text) {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return { channels: [red, green, blue], alpha };
  }

  function over(front, back) {
    return front.channels.map((value, index) => value * front.alpha + back[index] * (1 - front.alpha));
  }

  function luminance(channels) {
    const [red, green, blue] = channels
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function ratio(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  function pageBehind(element) {
    if (!element) return [255, 255, 255];
    const own = colour(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.channels : over(own, pageBehind(element.parentElement));
  }

  function covers(shape, x, y) {
    const matrix = shape.getScreenCTM();
    return matrix !== null && shape.isPointInFill(new DOMPoint(x, y).matrixTransform(matrix.inverse()));
  }

  function behind(text, drawing, x, y) {
    let ground = pageBehind(drawing.parentElement);
    for (const shape of drawing.querySelectorAll("rect, path, circle, polygon, ellipse")) {
      const isBefore = shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
      const { fill, fillOpacity, opacity } = getComputedStyle(shape);
      if (!isBefore || fill === "none" || shape.closest("defs") || !covers(shape, x, y)) continue;
      const paint = colour(fill);
      ground = over({ ...paint, alpha: paint.alpha * fillOpacity * opacity }, ground);
    }
    return ground;
  }

  function drawings() {
    for (const text of document.querySelectorAll("svg text")) {
      if (!text.textContent.trim() || !shown(text)) continue;
      const drawing = text.ownerSVGElement;
      const style = getComputedStyle(text);
      const size = parseFloat(style.fontSize) * text.getScreenCTM().a;
      if (size < smallest - 0.05) faults.push(`${size.toFixed(1)} px: ${text.textContent}`);
      const box = text.getBoundingClientRect();
      const middle = box.top + box.height / 2;
      const least = Math.min(
        ...[box.left + 1, box.left + box.width / 2, box.right - 1].map((x) => {
          const ground = behind(text, drawing, x, middle);
          return ratio(over(colour(style.fill), ground), ground);
        }),
      );
      if (least < contrast) faults.push(`contrast ${least.toFixed(2)}: ${text.textContent}`);
    }
  }

  const wide = document.scrollingElement.scrollWidth;
  if (wide > innerWidth) faults.push(`${wide} wide on a screen of ${innerWidth}`);
  brokenWords();
  tightCells();
  covered();
  drawings();
  return faults;
}
