// The time of day, for the page to which "leave quickly" leads.
const clock = document.getElementById("clock");
const form = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });

const show = () => (clock.textContent = form.format(new Date()));
show();
setInterval(show, 1000);
