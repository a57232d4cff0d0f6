(* ======================================================================== *)
(* The run of a method on a function                                          *)
(* ======================================================================== *)

(* A run of a method on f: m0 makes the step at k = 0, m the later ones. x and the state are those before step k. *)
Definition run_of (f : piecewise) (m0 m : method) (params : list R) (x : nat -> R) (s : nat -> list R) : Prop :=
  forall k, after (match k with O => m0 | S _ => m end) params (s k) (slope f (x k)) = (s (S k), x (S k) - x k).

Lemma all_within_subset : forall is js xs, forallb (fun ij => subset (fst ij) (snd ij)) (combine is js) = true ->
  length is = length js -> all_within is xs -> all_within js xs.
Proof.
  intros is js xs H N A. revert js H N. induction A; intros [|j js] E N; try discriminate; constructor.
  - cbn in E. apply andb_true_iff in E. eapply subset_in; [apply E|auto].
  - cbn in E, N. apply andb_true_iff in E. apply IHA; [apply E|congruence].
Qed.
Definition subsets (is js : list itv) : bool :=
  (forallb (fun ij => subset (fst ij) (snd ij)) (combine is js) && (length is =? length js)%nat)%bool.
Lemma subsets_in : forall is js xs, subsets is js = true -> all_within is xs -> all_within js xs.
Proof.
  unfold subsets. intros is js xs H A. apply andb_true_iff in H. destruct H as [H N].
  apply Nat.eqb_eq in N. eapply all_within_subset; eauto.
Qed.

