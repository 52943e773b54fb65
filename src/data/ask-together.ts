/**
 * One question is asked once at a time, however many want its answer: who comes while it is being asked shares the next
 * asking. So nobody gets an answer older than his question.
 */
export class AskTogether<Answer> {
  private readonly running = new Map<string, { answer: Promise<Answer>; next: Promise<Answer> | null }>();

  ask(question: string, asking: () => Promise<Answer>): Promise<Answer> {
    const present = this.running.get(question);
    if (!present) return this.begin(question, asking);
    const again = () => this.begin(question, asking);
    return (present.next ??= present.answer.then(again, again));
  }

  private begin(question: string, asking: () => Promise<Answer>): Promise<Answer> {
    const present = { answer: asking(), next: null };
    this.running.set(question, present);
    const end = () => {
      if (this.running.get(question) === present) this.running.delete(question);
    };
    present.answer.then(end, end);
    return present.answer;
  }
}
