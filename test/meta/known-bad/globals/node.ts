export const dom = [document.title, window.name, localStorage.length];
