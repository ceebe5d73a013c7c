/** Short articles to try the page with. All people, places and events in them are made up. */

/** @type {readonly {title: string, text: string}[]} */
export const EXAMPLES = [
  {
    title: "The ferry",
    text: `Sarnholm ferry tied up for a third week

The car ferry to Sarnholm stayed in port on Monday for the third week running. It could be back in service by the end of the month, the operator, Northline, said in a statement, but a replacement gearbox has yet to arrive from the foundry.

Islanders are said to be running low on heating oil. People familiar with the repair said that the fault had been noticed in March, weeks before the ship was withdrawn. Northline’s managing director, Agnes Corrie, told the harbour committee that this was not so. “We found it on 2 May and we stopped sailing on 2 May,” she said.

The union claimed, without offering evidence, that inspections had been cut to save money. Citing crew members, its secretary, Paul Lindgaard, said that two warnings had been left out of the log. Neither could be confirmed on Monday.

In a shameful display of indifference, the transport ministry has let the deadline for emergency funds slip by. The ministry said that it had asked for one more document and would decide within ten days.

About 1,400 people live on Sarnholm all year round. Ticket sales, which pay for half the route, may fall by a fifth if the summer timetable is not kept, according to the operator’s published forecast. Officials privately doubt that it will be kept.`,
  },
  {
    title: "The arena",
    text: `A glass monument to vanity

Once again the good people of Marrowby are being asked to swallow a bitter pill. The council’s so-called “Arena for All” will cost 84 million crowns, and not a single seat in it will be within the reach of a pensioner.

The plan was waved through on Thursday by 23 votes to 19, after four hours of debate. The leader of the council, Hester Quayle, called it the best investment of a generation. Her cronies on the finance committee, conveniently, had found no reason to disagree.

Experts warn that the running costs could swallow the whole culture budget by 2031. The council’s own report puts them at 2.1 million crowns a year. Some councillors are believed to have been promised seats on the board, although nobody has shown a document that says so.

Ms Quayle said that the building would pay for itself within twelve years. Perhaps she is right. It is just as likely that Marrowby will be left with a crippling bill and a very large greenhouse.

Work is due to begin in April. The architects, Bell & Sandoval, have published their drawings, and residents may send in objections until the end of the month.`,
  },
  {
    title: "The spray",
    text: `Nasal spray shortens colds by a day in trial

A nasal spray made from a seaweed sugar shortened colds by about a day in a trial with 614 adults, researchers at the University of Tessing reported on Wednesday. Those who used it four times a day were well again after 6.1 days on average, compared with 7.2 days in the group that was given salt water.

The effect was smaller in people over 60 and might be due to chance in that group, the authors wrote. The results suggest that the sugar keeps the virus from attaching to cells, but the trial was not designed to show this.

“It is a modest effect, and we would like to see it repeated,” said Ruth Amadi, who led the study. The spray caused nosebleeds in 3 % of those who used it.

The trial was paid for by the national research council. The maker of the spray, Halden Bay, provided it free of charge and had no part in the analysis, according to the paper.

Pharmacists are bracing for a stampede. Reports on social media say that the spray has already sold out in several cities, which the company has not confirmed. It expects to double its production by the winter.`,
  },
];
